import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { createFileCapture } from '../../src/files/file-capture.js';
import { restoreFiles } from '../../src/files/restore-files.js';
import { everyKind } from '../files/every-kind.js';
import { listing } from '../files/listing.js';
import { treeTool, Workspace } from '../files/workspace.js';
import { exported, imported, metadata, openPlaces } from './archives.js';

test('every kind of file comes back exactly from an imported archive, and tar restores what a tar file can hold', async () => {
  await using workspace = await Workspace.create(['cwd']);
  await using places = await openPlaces();
  workspace.shell(everyKind);
  const expected = listing(workspace.root);
  const epoch = await places.here.claim('job', { attempt: 'a1', host: 'here', pid: 1 }, { kind: 'fresh' });
  const capture = createFileCapture({
    roots: workspace.roots,
    parent: undefined,
    stagingDir: join(workspace.directory, 'staging'),
    treeTool,
    logger: silentLogger,
  });
  {
    await using writer = await places.here.begin(epoch, undefined);
    await capture.preCopy(writer);
    await capture.frozen([]);
    const { metadata: files } = await capture.finish(writer);
    const roots = workspace.roots.map(({ id, hostPath, destination, private: own }) => ({ id, hostPath, destination, private: own }));
    await writer.commit({ ...metadata, roots, files });
  }
  const archive = await exported(places, 1);
  await imported(places, archive);
  await rm(workspace.root, { recursive: true });
  await mkdir(workspace.root);
  await using reader = await places.there.open({ job: 'new', number: 1 });
  await restoreFiles({ reader, roots: workspace.roots, treeTool, savedName: 'before' });
  expect(listing(workspace.root)).toEqual(expected);

  const unpacked = join(workspace.directory, 'unpacked');
  await mkdir(unpacked);
  writeFileSync(join(unpacked, 'job.tar'), archive);
  execFileSync('tar', ['-x', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-pf', 'job.tar', 'holdfast/files/cwd'], {
    cwd: unpacked,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const digests = (folder: string): string =>
    execFileSync(
      'bash',
      ['-c', 'find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; find . ! -type s -printf "%P %y %m %U %G %l %n\\n" | LC_ALL=C sort'],
      {
        cwd: folder,
        encoding: 'latin1',
      },
    );
  expect(digests(join(unpacked, 'holdfast/files/cwd'))).toBe(digests(workspace.root));
});
