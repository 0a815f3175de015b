import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../../chaos/races/main.ts', import.meta.url));
const rounds = 30;
const deadlineMs = 10 * 60_000;

interface Tally {
  readonly kind: string;
  readonly rounds: number;
  readonly committed: number;
  readonly fenced: number;
  readonly skewed: number;
  readonly stops: Readonly<Record<string, number>>;
  readonly sweeps: { readonly done: number; readonly removed: number };
  readonly problems: readonly string[];
}

/** Runs the campaign as `script/chaos --catalog` does. A seed of its own each time, printed where something is wrong. */
function campaign(...line: readonly string[]): Promise<{ readonly exitCode: number; readonly tallies: readonly Tally[]; readonly said: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, '--json', ...line], { timeout: deadlineMs, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode !== 'number' || stdout === '') reject(new Error(`${line.join(' ')}: ${stderr}`, { cause: error }));
      else
        resolve({
          exitCode,
          tallies: stdout
            .trim()
            .split('\n')
            .map((text) => JSON.parse(text) as Tally),
          said: stderr,
        });
    });
  });
}

const sum = (tallies: readonly Tally[], pick: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0);

test(
  `in ${rounds} rounds of processes that race for a job, stopped past their leases and with wrong clocks, every history has an order`,
  async () => {
    const { exitCode, tallies, said } = await campaign('--rounds', String(rounds));
    expect(
      tallies.flatMap(({ problems }) => problems),
      said,
    ).toEqual([]);
    expect(exitCode, said).toBe(0);
    expect(sum(tallies, (tally) => tally.rounds)).toBe(rounds);
    // What a campaign without races would not show.
    expect(sum(tallies, ({ committed }) => committed)).toBeGreaterThan(rounds);
    expect(sum(tallies, ({ fenced }) => fenced)).toBeGreaterThan(rounds / 2);
    expect(sum(tallies, ({ skewed }) => skewed)).toBeGreaterThan(rounds / 4);
    expect(sum(tallies, ({ sweeps }) => sweeps.removed)).toBeGreaterThan(rounds / 10);
    expect(sum(tallies, ({ stops }) => stops['before the manifest is renamed'] ?? 0)).toBeGreaterThan(rounds / 4);
  },
  deadlineMs,
);

test(
  'a build without the epoch rule is found out',
  async () => {
    const { exitCode, tallies, said } = await campaign('--kind', 'sqlite', '--rounds', '30', '--blind');
    expect(
      tallies.flatMap(({ problems }) => problems),
      said,
    ).not.toEqual([]);
    expect(said).toContain('no order explains the answers');
    expect(exitCode).toBe(0);
  },
  deadlineMs,
);
