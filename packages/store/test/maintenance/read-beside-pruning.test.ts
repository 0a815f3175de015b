import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { unheldOperations } from '../unheld-operations.js';

const program = fileURLToPath(new URL('pruning-writer.ts', import.meta.url));
const rounds = 40;
const seed = Math.floor(Math.random() * 1e6);

/** Chooses the newest snapshot, as a resume does, and verifies it. */
async function look(store: CheckpointStore): Promise<'verified' | 'pruned'> {
  const { newest = 0 } = await store.state('job');
  try {
    await using reader = await store.open({ job: 'job', number: newest });
    await reader.verify();
    return 'verified';
  } catch (error) {
    // By then a newer one is there.
    if (isHoldfastError(error) && error.code === 'HF_CHECKPOINT_MISSING' && ((await store.state('job')).newest ?? 0) > newest) return 'pruned';
    throw error;
  }
}

test(`while another process commits, prunes and moves blocks, what a reader chooses is whole or pruned, never damaged (seed ${seed})`, async () => {
  await using place = await temporaryPlace();
  const made = await openRepository({ root: place.root, create: true });
  await commitBytes(made, await made.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' }), undefined, patternBytes(900 * 4096, 1));
  const writer = { isRunning: true };
  const writing = promisify(execFile)(process.execPath, [program, place.root, String(rounds), String(seed)], { timeout: 120_000 });
  const written = writing.finally(() => (writer.isRunning = false));
  const found = { verified: 0, pruned: 0 };
  try {
    await using store = await openRepositoryWith({ root: place.root }, { files: unheldOperations() });
    for (let looks = 0; writer.isRunning; looks += 1) {
      // Of all snapshots, too, now and then.
      if (looks % 4 === 3) expect((await store.verify('job')).problems).toEqual([]);
      else found[await look(store)] += 1;
    }
  } finally {
    const { stdout } = await written;
    expect((JSON.parse(stdout) as { rewrittenPacks: number }).rewrittenPacks).toBeGreaterThan(3);
  }
  expect(found.verified).toBeGreaterThan(3);
  expect((await made.verify(undefined)).problems).toEqual([]);
}, 150_000);
