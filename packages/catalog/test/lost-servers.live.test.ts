import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../../chaos/lost-servers/main.ts', import.meta.url));
const rounds = 12;
const deadlineMs = 10 * 60_000;

interface Tally {
  readonly kind: string;
  readonly rounds: number;
  readonly written: number;
  readonly problems: readonly string[];
}

// `script/chaos --lost-servers` is the same with more of it.
test(
  `${rounds} times each catalog's server is killed while it commits: nothing committed is lost, nothing half-committed is seen`,
  async () => {
    const options = { timeout: deadlineMs, maxBuffer: 1e8 } as const;
    const ended = promisify(execFile)(process.execPath, [program, '--json', '--rounds', String(rounds)], options);
    const { stdout, stderr } = await ended.catch((error: { stdout: string; stderr: string }) => error);
    const lines = stdout.split('\n').filter((line) => line !== '');
    const tallies = lines.map((line) => JSON.parse(line) as Tally).toSorted((a, b) => a.kind.localeCompare(b.kind));
    const kinds = ['mariadb', 'mysql', 'postgres', 'redis', 'redis-cluster', 'sqlite', 'valkey'];
    expect(
      tallies.map(({ kind, rounds, problems }) => ({ kind, rounds, problems })),
      stderr,
    ).toEqual(kinds.map((kind) => ({ kind, rounds, problems: [] })));
    // Each round wrote for a while.
    for (const { kind, written } of tallies) expect(written, kind).toBeGreaterThan(2 * rounds);
  },
  deadlineMs,
);
