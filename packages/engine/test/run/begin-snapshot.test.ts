import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointStore, type CheckpointSummary, type Epoch, silentLogger } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginSnapshot } from '../../src/run/begin-snapshot.js';
import { KeptImages } from '../../src/run/kept-images.js';
import type { SnapshotParent } from '../../src/run/snapshot.js';

let root: string;
let store: CheckpointStore;
let epoch: Epoch;
let first: CheckpointSummary;
const bytes = patternBytes(40 * 4096, 1);
const holder = { attempt: 'a', host: 'h', pid: 1 };
const signal = new AbortController().signal;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hf-begin-'));
  store = await openRepository({ root, create: true });
  epoch = await store.claim('job', holder, { kind: 'newest' });
  first = await commitBytes(store, epoch, undefined, bytes);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

function context(): Parameters<typeof beginSnapshot>[0] {
  return { store, epoch, job: 'job', logger: silentLogger, signal };
}

const trees = { what: 'the files of the parent' } as unknown as NonNullable<SnapshotParent['trees']>;

test('a snapshot is taken on top of the last one', async () => {
  const last = { ref: first, trees, images: new KeptImages(silentLogger) };
  const { writer, parent } = await beginSnapshot(context(), last);
  await using _writer = writer;
  expect(parent).toBe(last);
  await writer.keep('memory');
  expect((await writer.commit({})).summary.parent).toBe(first.number);
});

test.each([
  { what: 'is gone', harm: (manifest: string) => rm(manifest) },
  { what: 'is damaged', harm: (manifest: string) => writeFile(manifest, 'nothing of a manifest') },
])('where the last one $what the next one stands alone, and the one after goes on from that', async ({ harm }) => {
  await harm(join(root, 'jobs/job/manifests/0000000001.0000000001.a.manifest'));
  const images = new KeptImages(silentLogger);
  const { writer, parent } = await beginSnapshot(context(), { ref: first, trees, images });
  await using _writer = writer;
  expect(parent).toEqual({ ref: undefined, trees: undefined, images });
  await writer.put(memoryObject('memory', bytes));
  const { outcome, summary } = await writer.commit({});
  expect({ outcome, parent: summary.parent }).toEqual({ outcome: 'committed', parent: undefined });
  const next = await beginSnapshot(context(), { ref: summary, trees, images });
  await using _next = next.writer;
  expect(next.parent.ref).toBe(summary);
});

test('a run that was overtaken begins none, whatever became of the last one', async () => {
  await store.claim('job', { ...holder, attempt: 'b' }, { kind: 'newest' });
  await rm(join(root, 'jobs/job/manifests/0000000001.0000000001.a.manifest'));
  const last = { ref: first, trees, images: new KeptImages(silentLogger) };
  await expect(beginSnapshot(context(), last)).rejects.toMatchObject({ code: 'HF_FENCED' });
});
