import { type ConfiguredLine, HeldRun, machineGone } from '@holdfast/testkit/victims';
import { EventTeller, type Tally } from './event-teller.ts';
import type { Timeline } from './timeline.ts';

export interface SurviveOptions {
  readonly line: ConfiguredLine;
  readonly kills: number;
  /** How long after an attempt's first snapshot everything is killed, in milliseconds. */
  readonly moment: () => number;
  readonly timeline: Timeline;
  readonly tally: Tally;
  /** Called after each loss; the line that it returns is given next. Default: the same line. */
  readonly onLost?: () => Promise<ConfiguredLine>;
  /** Gets each attempt, so that an interrupted demo leaves nothing behind. */
  readonly onStarted: (run: HeldRun) => void;
}

/** Gives the same line again and again until the job has ended by itself, and returns the line's exit status then. Kills the first attempts. */
export async function survive(options: SurviveOptions): Promise<number | undefined> {
  const { kills, timeline, tally } = options;
  let { line } = options;
  for (let attempt = 0; ; attempt += 1) {
    const run = new HeldRun(line, attempt);
    options.onStarted(run);
    timeline.tell(
      'start',
      attempt === 0 ? `holdfast run --interval ${line.interval} -- ${line.command.join(' ')}` : 'the same line again',
      run.startedAt,
    );
    const teller = new EventTeller(run, timeline, tally);
    if (tally.kills < kills && (await killAtMoment(run, teller, options))) {
      line = (await options.onLost?.()) ?? line;
      continue;
    }
    await follow(run, teller, () => false, 900_000);
    if (run.end === undefined) {
      await machineGone(run);
      throw new Error(`the job neither ended nor failed within 15 minutes; what was logged is in ${line.logs}`);
    }
    run.close();
    return run.end.status;
  }
}

/** False where the run ended before its moment had come. */
async function killAtMoment(run: HeldRun, teller: EventTeller, { moment, timeline, tally }: SurviveOptions): Promise<boolean> {
  const isProtected = await follow(run, teller, () => run.has('snapshot.committed'), 300_000);
  if (!isProtected || run.end !== undefined) return false;
  await follow(run, teller, () => false, moment());
  if (run.end !== undefined) return false;
  const at = Date.now();
  const programs = await machineGone(run);
  teller.tellNew();
  tally.kills += 1;
  const lost = ((at - tally.lastSnapshotAt) / 1000).toFixed(1);
  timeline.tell('kill', `SIGKILL to all ${programs.length} processes: ${[...new Set(programs)].join(', ')}`, at);
  timeline.tell('note', `the machine is gone, ${lost} s after its last snapshot`);
  return true;
}

/** Tells events as they come. True where the condition came to hold; false where the run ended or the time was over before. */
function follow(run: HeldRun, teller: EventTeller, holds: () => boolean, deadlineMs: number): Promise<boolean> {
  return run.until(() => {
    teller.tellNew();
    return holds();
  }, deadlineMs);
}
