import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointRef, type CheckpointStore, type Epoch, silentLogger } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { expect, test } from 'vitest';
import { createFileCapture } from '../../src/files/file-capture.js';
import type { PreviousTrees } from '../../src/files/previous-trees.js';
import { restoreFiles } from '../../src/files/restore-files.js';
import { everyKind } from './every-kind.js';
import { listing } from './listing.js';
import { mutate } from './mutate.js';
import { treeTool, Workspace } from './workspace.js';

interface Taken {
  readonly ref: CheckpointRef;
  readonly trees: PreviousTrees;
}

async function take(workspace: Workspace, store: CheckpointStore, epoch: Epoch, parent: Taken | undefined): Promise<Taken> {
  const stagingDir = join(workspace.directory, 'staging');
  const capture = createFileCapture({ roots: workspace.roots, parent: parent?.trees, stagingDir, treeTool, logger: silentLogger });
  await using writer = await store.begin(epoch, parent?.ref);
  await capture.preCopy(writer);
  await capture.frozen([]);
  const trees = await capture.finish(writer);
  await writer.commit({ files: trees.metadata });
  await rm(stagingDir, { recursive: true });
  return { ref: writer.ref, trees };
}

test('files come back exactly from a repository, from the newest snapshot and then from the one before', async () => {
  await using workspace = await Workspace.create(['cwd', 'tmp']);
  const directories = workspace.roots.map(({ hostPath }) => hostPath);
  const facts = (): string[] => directories.flatMap(listing);
  const root = join(workspace.directory, 'repository');
  await mkdir(root);
  await using store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', { attempt: 'a1', host: 'here', pid: 1 }, { kind: 'fresh' });
  workspace.shell(everyKind);
  const taken: { readonly facts: readonly string[]; readonly snapshot: Taken }[] = [];
  for (let round = 0; round < 3; round += 1) {
    const snapshot = await take(workspace, store, epoch, taken.at(-1)?.snapshot);
    taken.push({ facts: facts(), snapshot });
    mutate(`store ${round}`, 40, ...directories);
  }
  for (const { facts: expected, snapshot } of taken.reverse()) {
    await using reader = await store.open(snapshot.ref);
    const options = { reader, roots: workspace.roots, treeTool, savedName: `before-${snapshot.ref.number}` };
    await restoreFiles(options);
    expect(facts()).toEqual(expected);
    expect(await restoreFiles(options)).toMatchObject({ moved: [], restoredFiles: 0 });
  }
});
