import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointStore, type Epoch, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';
import { interrupted } from './interrupted-operations.js';
import { scriptedOperations, systemError } from './scripted-operations.js';

const state = (seed: number): Buffer => patternBytes(20 * 4096, seed);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });

/** Job `fork` came from `source` and went on; both have two snapshots. */
async function family(root: string): Promise<Epoch> {
  const store = await openRepository({ root, create: true });
  const epoch = await store.claim('source', holder('a'), { kind: 'newest' });
  const one = await commitBytes(store, epoch, undefined, state(1));
  await commitBytes(store, epoch, one, state(2));
  const fork = await store.fork({ job: 'source' }, 'fork', holder('f'));
  const running = await store.claim('fork', holder('b'), { kind: 'newest' });
  await commitBytes(store, running, fork, Buffer.concat([state(2), state(3)]));
  return running;
}

async function assertNothingLeft(store: CheckpointStore, root: string): Promise<void> {
  expect(await store.jobs()).toEqual(['source']);
  expect(await readdir(join(root, 'jobs/source/pins')).catch(() => [])).toEqual([]);
  expect((await store.remove('source', holder('r9'))).gone).toBe(true);
  expect(await readdir(join(root, 'jobs'))).toEqual([]);
}

test('a removal killed at any step leaves the job whole or without a snapshot, and the next one finishes', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  const running = await family(original);
  const found = { whole: 0, empty: 0, gone: 0 };
  for (let dying = 0; ; dying += 1) {
    const root = join(place.scratch, `killed-${dying}`);
    await cp(original, root, { recursive: true });
    const { files, log } = scriptedOperations((_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    await using late = await (await openRepository({ root })).begin(running, undefined);
    const dead = await openRepositoryWith({ root }, { files });
    await dead.remove('fork', holder('r1')).catch(() => undefined);
    if (log.length <= dying) break;
    const store = await openRepository({ root });
    const { newest, epoch } = await store.state('fork');
    if (newest === 2) await expect(readBytes(store, 2), `killed at ${dying}`).resolves.toEqual(Buffer.concat([state(2), state(3)]));
    found[newest === 2 ? 'whole' : (await store.jobs()).includes('fork') ? 'empty' : 'gone'] += 1;
    expect((await store.verify(undefined)).problems, `killed at ${dying}`).toEqual([]);
    // An attempt that knows of nothing commits into what is left.
    await late.commit({}).catch(() => undefined);
    if ((await readdir(join(root, 'removed/fork')).catch(() => [])).some((file) => !file.startsWith('tmp.')))
      expect((await store.state('fork')).newest, `killed at ${dying}`).toBeUndefined();
    // Whoever begins the job anew before the removal is finished is left alone by no file of the old one.
    const again = await store.claim('fork', holder('c'), { kind: 'newest' });
    expect(again.epoch, `killed at ${dying}`).toBeGreaterThan(epoch?.epoch ?? 0);
    expect(again.firstNumber, `killed at ${dying}`).toBeGreaterThan(2);
    await store.remove('fork', holder('r2'));
    await assertNothingLeft(store, root);
  }
  expect([found.whole > 2, found.empty > 10, found.gone]).toEqual([true, true, 1]);
}, 120_000);

async function readBytes(store: CheckpointStore, number: number): Promise<Buffer> {
  await using reader = await store.open({ job: 'fork', number });
  return Buffer.from(await reader.read('memory'));
}

test('a job may be forked at any step of its removal: one of the two is refused, and the fork is whole', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  await family(original);
  await (await openRepository({ root: original })).remove('fork', holder('r'));
  const found = { forked: 0, removed: 0 };
  for (let when = 0; ; when += 1) {
    const root = join(place.scratch, `forked-${when}`);
    await cp(original, root, { recursive: true });
    const other = await openRepository({ root });
    let forked = false;
    const { files, count } = interrupted(async (ordinal) => {
      if (ordinal !== when) return;
      forked = await other.fork({ job: 'source' }, 'third', holder('f')).then(
        () => true,
        (error: unknown) => {
          if (isHoldfastError(error) && ['HF_CHECKPOINT_MISSING', 'HF_JOB_MISSING'].includes(error.code)) return false;
          throw error;
        },
      );
    });
    const store = await openRepositoryWith({ root }, { files });
    const outcome = await store.remove('source', holder('r')).catch((error: unknown) => error);
    if (count() <= when) break;
    found[forked ? 'forked' : 'removed'] += 1;
    expect((await other.verify(undefined)).problems, `forked at ${when}`).toEqual([]);
    if (!forked) continue;
    expect(outcome, `forked at ${when}`).toMatchObject({ code: 'HF_JOB_PINNED' });
    const { newest } = await other.state('source');
    expect(newest, `forked at ${when}`).toBe(2);
    await using reader = await other.open({ job: 'third', number: 1 });
    expect(Buffer.from(await reader.read('memory')).equals(state(2)), `forked at ${when}`).toBe(true);
  }
  expect([found.forked > 3, found.removed > 10]).toEqual([true, true]);
}, 120_000);
