import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openRepository } from '@holdfast/store';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

interface Report {
  readonly event: 'claimed' | 'committed' | 'stopped';
  readonly epoch: number;
  readonly number: number;
  readonly attempt: string;
  readonly seed: number;
  readonly message: string;
}

const program = fileURLToPath(new URL('racing-attempt.ts', import.meta.url));

async function race(root: string, name: string, rounds: number, seed: number): Promise<readonly Report[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, root, name, String(rounds), String(seed)], { timeout: 120_000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Report);
}

test('of two processes that claim and commit at once, in 50 rounds, no epoch has two winners and no committed snapshot is lost', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const reports = (await Promise.all([race(place.root, 'a', 25, 100), race(place.root, 'b', 25, 200)])).flat();
  const epochs = reports.filter(({ event }) => event === 'claimed').map(({ epoch }) => epoch);
  expect(new Set(epochs).size).toBe(50);
  for (const { message } of reports.filter(({ event }) => event === 'stopped')) expect(message).toMatch(/is over|was fenced/);
  const eligible = (await store.list('job')).filter((summary) => summary.eligible).toReversed();
  const committed = reports.filter(({ event }) => event === 'committed');
  for (const { number, attempt, seed } of committed) {
    expect(eligible.find((summary) => summary.number === number)?.attempt, `snapshot ${number} of ${attempt}`).toBe(attempt);
    await using reader = await store.open({ job: 'job', number });
    expect(Buffer.from(await reader.read('memory')).equals(patternBytes(8192, seed))).toBe(true);
  }
  // One line of descent: each goes on from the one before, so no two attempts went on from the same snapshot and both counted.
  expect(eligible.map(({ parent }) => parent)).toEqual([undefined, ...eligible.slice(0, -1).map(({ number }) => number)]);
  expect((await store.verify('job')).problems).toEqual([]);
}, 150_000);
