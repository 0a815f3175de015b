import { strict as assert } from 'node:assert';
import type { CheckpointStore } from '@holdfast/core';
import { objectsOfSnapshot } from './content.ts';
import { openVictim } from './open-victim.ts';
import type { Promises } from './reports.ts';
import { forkedJob, runSession, victimJob } from './session.ts';

/** Opens the repository as it was found after the loss and holds it against what was promised. Rejects with the first broken promise. */
export async function checkRepository(root: string, promises: Promises): Promise<void> {
  // Before anything was promised, the repository may be missing; it must then be possible to make it.
  await using store = await openVictim(root, { create: promises.repositoryId === undefined });
  if (promises.repositoryId !== undefined) assert.equal(store.repositoryId, promises.repositoryId, 'the repository is another one');
  await checkEpoch(store, promises);
  await checkSnapshots(store, promises);
  await checkFork(store, promises);
}

/** Works on after the loss: the job is claimed again from its newest snapshot and takes another one. Nothing older is kept: the fork must not need it. */
export async function goOn(root: string, promises: Promises): Promise<void> {
  await using store = await openVictim(root, { create: promises.repositoryId === undefined });
  const newest = promises.snapshots.at(-1) ?? 0;
  await runSession(store, {
    attempt: 'after-the-loss',
    snapshots: 1,
    pruneEvery: 2,
    keep: 2,
    ends: false,
    report: async (report) => {
      if (report.kind === 'claimed') assert(report.epoch > (promises.epoch?.epoch ?? 0), `epoch ${report.epoch} was given before`);
      if (report.kind === 'committed') assert(report.number > newest, `snapshot number ${report.number} was given before`);
    },
  });
  await checkSnapshots(store, promises);
  await store.prune(victimJob, { keep: 1, graceMs: 0 });
  await checkFork(store, promises);
}

async function checkEpoch(store: CheckpointStore, { epoch: promised }: Promises): Promise<void> {
  const { epoch } = await store.state(victimJob);
  if (promised === undefined) return;
  assert(epoch !== undefined, `epoch ${promised.epoch} is lost`);
  assert(epoch.epoch >= promised.epoch, `epoch ${promised.epoch} is lost: the newest is ${epoch.epoch}`);
  if (epoch.epoch > promised.epoch) return;
  assert.equal(epoch.attempt, promised.attempt, 'the epoch is owned by another attempt');
  if (promised.exitCode !== undefined) assert.equal(epoch.end?.exitCode, promised.exitCode, 'the end of the job is lost');
}

async function checkSnapshots(store: CheckpointStore, { snapshots }: Promises): Promise<void> {
  const listed = await store.list(victimJob);
  for (const number of snapshots) {
    assert(
      listed.some((summary) => summary.number === number && summary.eligible),
      `snapshot ${number} was committed and is not there`,
    );
    await checkContent(store, { job: victimJob, number }, number);
  }
}

async function checkFork(store: CheckpointStore, { forked }: Promises): Promise<void> {
  if (forked === undefined) return;
  const [fork] = await store.list(forkedJob);
  assert(fork !== undefined, 'the fork is lost');
  await checkContent(store, fork, forked);
}

/** Reads a snapshot of what the victim was at `moment`. */
async function checkContent(store: CheckpointStore, ref: { readonly job: string; readonly number: number }, moment: number): Promise<void> {
  await using reader = await store.open(ref);
  await reader.verify();
  assert.deepEqual(reader.metadata, { number: moment }, `the metadata of snapshot ${ref.number} of ${ref.job}`);
  for (const { input, bytes } of objectsOfSnapshot(moment)) {
    const found = await reader.read(input.key);
    assert(Buffer.from(bytes).equals(found), `${input.key} of snapshot ${ref.number} of ${ref.job} has other bytes`);
  }
}
