import process from 'node:process';

export type Mark = 'start' | 'snapshot' | 'notice' | 'frozen' | 'kill' | 'resume' | 'end' | 'note';

const signs: Readonly<Record<Mark, { readonly sign: string; readonly colour: number }>> = {
  start: { sign: '▶', colour: 36 },
  snapshot: { sign: '●', colour: 32 },
  notice: { sign: '▲', colour: 33 },
  frozen: { sign: '◆', colour: 34 },
  kill: { sign: '✖', colour: 31 },
  resume: { sign: '↻', colour: 36 },
  end: { sign: '■', colour: 36 },
  note: { sign: ' ', colour: 2 },
};

/** What happened when, on one clock: told as it happens, and drawn as a strip at the end. */
export class Timeline {
  readonly #startedAt = Date.now();
  readonly #marks: { readonly mark: Mark; readonly at: number }[] = [];

  /** `at` is in milliseconds since the epoch; now when left out. */
  tell(mark: Mark, text: string, at: number = Date.now()): void {
    this.#marks.push({ mark, at });
    const { sign, colour } = signs[mark];
    console.log(`  ${paint(2, this.#clock(at))}  ${paint(colour, `${sign} ${mark === 'note' ? ' '.repeat(8) : mark.padEnd(8)}`)}  ${text}`);
  }

  /** One line: `━` where the job ran, blank where nobody was there, and the marks. */
  strip(): string {
    const width = 72;
    const end = Math.max(...this.#marks.map(({ at }) => at), this.#startedAt + 1);
    const columnOf = (at: number): number => Math.round(((at - this.#startedAt) / (end - this.#startedAt)) * (width - 1));
    const cells = Array.from({ length: width }, () => ' ');
    let runsFrom: number | undefined;
    for (const { mark, at } of this.#marks) {
      if (mark === 'resume' || (mark === 'start' && at === this.#marks.find((each) => each.mark === 'start')?.at)) runsFrom = columnOf(at);
      if (mark !== 'kill' && mark !== 'end' && mark !== 'frozen') continue;
      if (runsFrom !== undefined) cells.fill('━', runsFrom, columnOf(at));
      runsFrom = undefined;
    }
    // The rarer marks win where two fall on one column.
    for (const wanted of ['snapshot', 'start', 'end', 'notice', 'frozen', 'resume', 'kill'] as const) {
      for (const { mark, at } of this.#marks) if (mark === wanted) cells[columnOf(at)] = paint(signs[mark].colour, signs[mark].sign);
    }
    const legend = `0 s${`${((end - this.#startedAt) / 1000).toFixed(0)} s`.padStart(width - 3)}`;
    const noticed = this.#marks.some(({ mark }) => mark === 'notice') ? '▲ notice   ◆ frozen for good   ' : '';
    return `  ${cells.join('')}\n  ${paint(2, legend)}\n  ${paint(2, `${noticed}● snapshot   ✖ SIGKILL of everything   ↻ resumed   ■ ended   ━ the job runs`)}`;
  }

  #clock(at: number): string {
    const seconds = Math.max(0, at - this.#startedAt) / 1000;
    return `${seconds.toFixed(1).padStart(6)} s`;
  }
}

/** Colours for a terminal only. */
export function paint(colour: number, text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? `\u001B[${colour}m${text}\u001B[0m` : text;
}
