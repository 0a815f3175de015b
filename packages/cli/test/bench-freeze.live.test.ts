import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const deadlineMs = 300_000;

interface Figure {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly aim: number | null;
  readonly runs: readonly number[];
  readonly absent?: string;
}

async function bench(name: string, ...line: readonly string[]): Promise<readonly Figure[]> {
  const program = fileURLToPath(new URL(`../../../bench/${name}.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--json', ...line], { timeout: deadlineMs });
  return JSON.parse(stdout) as readonly Figure[];
}

it(
  'the benchmark of the freeze gives the gap of a heartbeat in each way, of one process and of ten',
  async () => {
    const figures = await bench('freeze', '--quick', '--sizes', '32MiB', '--runs', '1', '--pairs', '0', '--ways', 'criu-tmpfs,staged-tmpfs');
    const frozen = figures.filter(({ unit }) => unit === 'ms');
    expect(frozen.map(({ name }) => name)).toEqual([
      '32 MiB: frozen by bare criu dump to tmpfs',
      '32 MiB: frozen by holdfast, staged in memory',
      '32 MiB in 10 processes: frozen by bare criu dump to tmpfs',
      '32 MiB in 10 processes: frozen by holdfast, staged in memory',
    ]);
    for (const { name, value, runs, absent } of frozen) {
      expect(absent, name).toBeUndefined();
      expect(runs, name).toHaveLength(1);
      // The job notes no gap below.
      expect(value, name).toBeGreaterThanOrEqual(5);
    }
    expect(figures.filter(({ unit }) => unit === 'percent')).toHaveLength(2);
  },
  deadlineMs + 10_000,
);

it(
  'the benchmark of the resume gives the first write of a job that comes back',
  async () => {
    const figures = await bench('resume', '--sizes', '32MiB', '--runs', '1', '--ways', 'criu-warm,eager-warm');
    const firstWrites = figures.filter(({ unit }) => unit === 'ms');
    expect(firstWrites.map(({ name, runs, absent }) => ({ name, runs: runs.length, absent }))).toEqual([
      { name: '32 MiB, bare criu restore, warm images: first write', runs: 1, absent: undefined },
      { name: '32 MiB, holdfast eager, warm local store: first write', runs: 1, absent: undefined },
    ]);
    expect(figures.find(({ name }) => name === '32 MiB: files to restore')?.value).toBeGreaterThan(100_000);
  },
  deadlineMs + 10_000,
);
