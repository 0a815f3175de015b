import { startTwinHelper } from '@holdfast/twin';
import { expect, test } from 'vitest';
import { innerPids, Job, program } from './job.js';
import { drop, forkOnce, twinsBelow } from './twins.js';

/** Of a job's init, as this machine numbers it. */
function initOf(job: Job): number {
  return job.processes().find((pid) => innerPids(pid).at(-1) === 1) ?? expect.unreachable();
}

// The kernel lets the init of a namespace end only after everybody in it, and a twin only once the helper has heard of its end.
test.each(['v1', 'v2'] as const)('a job whose init is killed ends while twins of it are kept, freezer %s', async (kind) => {
  await using job = new Job('family', ['plain'], { kind, underInit: true });
  expect(await job.line()).toBe('ready');
  const init = initOf(job);
  await using helper = await startTwinHelper({ program });
  const twins = await forkOnce(helper, job);
  expect(twins.length).toBeGreaterThan(0);
  const parents = job.members();
  process.kill(init, 'SIGKILL');
  await expect.poll(() => job.members()).toEqual([]);
  expect(twinsBelow(parents)).toEqual([]);
  await drop(helper, job);
});

test('one that is killed in the middle of a drop ends as well, though the helper lives on', async () => {
  await using helper = await startTwinHelper({ program });
  for (let round = 0; round < 12; round++) {
    await using job = new Job('family', ['plain'], { kind: round % 2 === 0 ? 'v1' : 'v2', underInit: true });
    expect(await job.line()).toBe('ready');
    // Before others come and go.
    const init = initOf(job);
    await forkOnce(helper, job);
    const dropped = drop(helper, job).catch(() => undefined);
    for (const end = performance.now() + round / 4; performance.now() < end; );
    process.kill(init, 'SIGKILL');
    await dropped;
    await expect.poll(() => job.members()).toEqual([]);
  }
});
