import { setTimeout as delay } from 'node:timers/promises';
import { startTwinHelper, type TwinHelper } from '@holdfast/twin';
import { expect, test } from 'vitest';
import { Job, type JobOptions, program } from './job.js';
import { forkOnce, sweep, twinsBelow } from './twins.js';

const cases: readonly (readonly [string, JobOptions])[] = [
  ['freezer v1', { kind: 'v1' }],
  ['freezer v2, below holdfast-init', { kind: 'v2', underInit: true }],
];

test.each(cases)('a helper killed at any moment harms no job and leaves no twin, %s', async (_, options) => {
  await using job = new Job('family', ['plain'], options);
  expect(await job.line()).toBe('ready');
  let whole = 0;
  for (let round = 0; round < 8; round++) {
    const killer = new AbortController();
    await using helper: TwinHelper = await startTwinHelper({ program, signal: killer.signal });
    await sweep(helper, job);
    const forked = forkOnce(helper, job).then(
      () => whole++,
      () => undefined,
    );
    // The first one before it can be through.
    await delay(round === 0 ? 0 : Math.random() * 30);
    killer.abort();
    await forked;
    await helper.gone;
  }
  await using last = await startTwinHelper({ program });
  await sweep(last, job);
  const parents = job.members();
  // What tells init of its end is reaped there.
  for (let turn = 0; twinsBelow(parents).length > 0 && turn < 500; turn++) await delay(10);
  expect(twinsBelow(parents)).toEqual([]);
  expect((await forkOnce(last, job)).length).toBeGreaterThan(0);
  job.signal('SIGUSR1');
  expect(await job.line()).toMatch(/^fine /);
  expect(whole).toBeLessThan(8);
});
