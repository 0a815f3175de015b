import { expect, test } from 'vitest';
import { everyKind } from './every-kind.js';
import { listing } from './listing.js';
import { Workspace } from './workspace.js';

test('every kind of file comes back exactly after everything was changed', async () => {
  await using workspace = await Workspace.create();
  workspace.shell(everyKind);
  const before = listing(workspace.root);
  const snapshot = await workspace.take();
  expect(listing(workspace.root)).toEqual(before);
  workspace.shell(`rm -rf deep 'new
line' fifo null; echo changed > plain; chmod 600 another-hard; rm link; mkdir link; touch link/inside; echo more > extra; rmdir empty; : > holes; touch zero; chown 9 zero`);
  const report = await workspace.restore(snapshot);
  expect(listing(workspace.root)).toEqual(before);
  expect(report.notes).toEqual([]);
  expect(report.savedFolder).toBe(`${workspace.root}/.holdfast/saved`);
  expect(report.moved.map(({ from }) => from.slice(workspace.root.length + 1)).sort()).toEqual(['another-hard', 'extra', 'holes', 'link', 'plain']);
});

test('a folder that already is as the snapshot has it stays untouched', async () => {
  await using workspace = await Workspace.create();
  workspace.shell(everyKind);
  const before = listing(workspace.root);
  const snapshot = await workspace.take();
  const inodes = workspace.shell('find . -printf "%i %p\\n"');
  const report = await workspace.restore(snapshot);
  expect(report).toMatchObject({ moved: [], savedFolder: undefined, restoredFiles: 0, keptFiles: 9 });
  expect(listing(workspace.root)).toEqual(before);
  expect(workspace.shell('find . -printf "%i %p\\n"')).toBe(inodes);
});
