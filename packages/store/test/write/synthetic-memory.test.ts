import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const program = fileURLToPath(new URL('synthetic-memory.ts', import.meta.url));
const gibibytes = 8;
const pages = (gibibytes * 2 ** 30) / 4096;
const limitMebibytes = 512;

interface Report {
  readonly changedPages: number;
  readonly peakMebibytes: number;
}

test(`an address space of ${gibibytes} GiB is stored, stored again and rebuilt in less than ${limitMebibytes} MiB of memory`, async () => {
  await using place = await temporaryPlace();
  const run = async (...step: readonly string[]): Promise<Report> => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, place.root, ...step, String(gibibytes)]);
    return JSON.parse(stdout) as Report;
  };
  const first = await run('save', 'mixed', '1');
  const second = await run('save', 'mixed', '2');
  const rebuilt = await run('restore', 'mixed', '2');
  expect(first.changedPages / pages).toBeCloseTo(1 / 8, 2);
  expect(second.changedPages / first.changedPages).toBeCloseTo(1 / 20, 2);
  for (const { peakMebibytes } of [first, second, rebuilt]) expect(peakMebibytes).toBeLessThan(limitMebibytes);
}, 120_000);
