import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Epoch, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { onceBefore } from './once-before.js';

const state = (seed: number): Buffer => patternBytes(20 * 4096, seed);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });
const newest = { kind: 'newest' } as const;

test('at whatever step of its removal a job is begun anew: what the new attempt was told is committed stays, or the claim failed', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  const first = await openRepository({ root: original, create: true });
  const before = await first.claim('job', holder('a'), newest);
  await commitBytes(first, before, await commitBytes(first, before, undefined, state(1)), state(2));
  const found = { committed: 0, refused: 0, removed: 0 };
  for (let when = 0; ; when += 1) {
    const root = join(place.scratch, `begun-${when}`);
    await cp(original, root, { recursive: true });
    const other = await openRepository({ root });
    let [step, committed, at] = [0, 0, ''];
    const files = onceBefore(
      ({ name, path }) => {
        at = `${name} ${path.replace(root, '')}, step ${when}`;
        step += 1;
        return step === when + 1;
      },
      async () => {
        try {
          const epoch = await other.claim('job', holder('b'), newest);
          committed = (await commitBytes(other, epoch, epoch.from, state(9))).number;
        } catch (error) {
          if (!isHoldfastError(error)) throw error;
        }
      },
    );
    const store = await openRepositoryWith({ root }, { files });
    const removed = await store.remove('job', holder('r')).then(
      ({ gone }) => gone,
      (error: unknown) => {
        if (isHoldfastError(error) && error.code === 'HF_FENCED') return undefined;
        throw error;
      },
    );
    if (step <= when) break;
    found[removed === undefined ? 'refused' : committed > 0 ? 'committed' : 'removed'] += 1;
    expect((await other.verify(undefined)).problems, at).toEqual([]);
    // Before the removal had begun, it was part of what is removed.
    if (committed > 0 && removed !== true) expect((await other.state('job')).newest, at).toBe(committed);
  }
  expect([found.committed > 5, found.refused > 3]).toEqual([true, true]);
}, 120_000);

test('a removal that stood still leaves a job begun above it alone, with the pins of its forks', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  await commitBytes(other, await other.claim('job', holder('a'), newest), undefined, state(1));
  await mkdir(join(root, 'jobs/job/pins'));
  let epoch: Epoch | undefined;
  let looks = 0;
  const files = onceBefore(
    ({ name, path }) => {
      if (name === 'list' && path.endsWith('jobs/job/pins')) looks += 1;
      return looks === 4;
    },
    async () => {
      epoch = await other.claim('job', holder('b'), newest);
      const one = await commitBytes(other, epoch, undefined, state(2));
      await other.fork({ job: 'job', number: one.number }, 'fork', holder('f'));
    },
  );
  const store = await openRepositoryWith({ root }, { files });
  expect((await store.remove('job', holder('r'))).gone).toBe(false);
  if (epoch === undefined) throw new Error('the pins were not looked at four times');
  expect(await readdir(join(root, 'jobs/job/pins'))).toHaveLength(1);
  await commitBytes(other, epoch, (await other.list('job'))[0], Buffer.concat([state(3), state(4)]));
  await other.prune('job', { keep: 1, graceMs: 0 });
  expect((await other.verify(undefined)).problems).toEqual([]);
});
