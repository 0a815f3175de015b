import { expect, test } from 'vitest';
import { restoreFiles } from '../../src/files/restore-files.js';
import { listing } from './listing.js';
import { treeTool, Workspace } from './workspace.js';

test('hard links between two roots stay links', async () => {
  await using workspace = await Workspace.create(['cwd', 'track-1']);
  workspace.shell('echo shared > z; ln z ../track-1/a; ln z ../track-1/b');
  const snapshot = await workspace.take();
  // One for each root: which one is needed is found out when the job runs again.
  expect(snapshot.copiedFiles).toBe(2);
  expect(snapshot.checkpoint.puts.filter((key) => key.startsWith('file/'))).toEqual(['file/cwd/z']);
  workspace.shell('rm z; echo other > ../track-1/a');
  await workspace.restore(snapshot);
  expect(workspace.shell('cat z; stat -c %i z ../track-1/a ../track-1/b | uniq | wc -l')).toBe('shared\n1\n');
});

test('links whose first name is not in a root any more are still one file', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo x > a; ln a b; ln a ../elsewhere');
  const snapshot = await workspace.take();
  workspace.shell('rm a b');
  await workspace.restore(snapshot);
  expect(workspace.shell('cat a; stat -c %h a b; stat -c %h ../elsewhere')).toBe('x\n2\n2\n1\n');
});

test('in a private root nothing is kept of what was in the way', async () => {
  await using workspace = await Workspace.create(['tmp']);
  workspace.shell('mkdir d; echo 1 > d/a');
  const snapshot = await workspace.take();
  workspace.shell('echo 2 > d/a; mkdir -p e/f; echo 3 > e/f/g');
  expect(await workspace.restore(snapshot)).toMatchObject({ moved: [], savedFolder: undefined, restoredFiles: 1 });
  expect(workspace.shell('find . -type f; cat d/a; find . -name .holdfast')).toBe('./d/a\n1\n');
});

test('an empty root of another machine is filled, the root’s own mode, owner and times included', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('chmod 2750 .; chown 12:34 .; echo x > file; touch -d @1000000000.123456789 .');
  const before = listing(workspace.root);
  const snapshot = await workspace.take();
  workspace.shell('cd ..; rm -r cwd; mkdir cwd');
  await workspace.restore(snapshot);
  expect(listing(workspace.root)).toEqual(before);
  expect(workspace.shell('ls -A')).toBe('file\n');
});

test('folders of saved files belong to the owner of the root', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('chown 12:34 .; mkdir d; echo 1 > d/file');
  const snapshot = await workspace.take();
  workspace.shell('echo 2 > d/file');
  await workspace.restore(snapshot);
  expect(workspace.shell('stat -c "%u:%g %a" .holdfast .holdfast/saved .holdfast/saved/d')).toBe('12:34 700\n12:34 700\n12:34 700\n');
});

test('saved files of an earlier restore are never touched by a later one of the same name', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo 1 > file');
  const snapshot = await workspace.take();
  for (const text of ['2', '3', '4']) {
    workspace.shell(`echo ${text} > file`);
    await workspace.restore(snapshot);
  }
  workspace.shell('rm file; mkdir file; echo 5 > file/inside');
  expect(await workspace.restore(snapshot)).toMatchObject({ savedFolder: `${workspace.root}/.holdfast/saved~4` });
  expect(workspace.shell('cat .holdfast/saved~4/file/inside')).toBe('5\n');
  expect(workspace.shell('cat .holdfast/saved/file .holdfast/saved~2/file .holdfast/saved~3/file')).toBe('2\n3\n4\n');
});

test('the snapshot before can be put in place after one whose content is damaged', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo 1 > file; echo old > gone');
  const first = await workspace.take();
  workspace.shell('echo 2 > file; rm gone; echo new > later');
  const second = await workspace.take({ parent: first });
  second.checkpoint.objects.delete('file/cwd/later');
  workspace.shell('echo 3 > file; rm later');
  await expect(workspace.restore(second)).rejects.toMatchObject({
    code: 'HF_MANIFEST_CORRUPT',
    message: expect.stringContaining('file/cwd/later') as unknown,
  });
  await workspace.restore(first, 'older');
  expect(workspace.shell('cat file gone; ls -A; cat .holdfast/older/file')).toBe('1\nold\n.holdfast\nfile\ngone\n3\n');
});

test('a file or link in the place of .holdfast refuses the restore, and nothing happens', async () => {
  for (const make of ['echo x > .holdfast', 'mkdir ../victim; ln -s ../victim .holdfast']) {
    await using workspace = await Workspace.create();
    workspace.shell('echo 1 > file');
    const snapshot = await workspace.take();
    workspace.shell(`echo 2 > file; ${make}`);
    await expect(workspace.restore(snapshot)).rejects.toMatchObject({
      code: 'HF_RESTORE_REFUSED',
      message: expect.stringContaining('.holdfast') as unknown,
    });
    expect(workspace.shell('cat file; ls -A ../victim 2> /dev/null || true')).toBe('2\n');
  }
});

test('a name for saved files that is not one plain component is refused', async () => {
  await using workspace = await Workspace.create();
  const { checkpoint } = await workspace.take();
  for (const savedName of ['', '.', '..', 'a/b', 'incoming-1', 'a\0b']) {
    const restoring = restoreFiles({ reader: checkpoint.reader(), roots: workspace.roots, treeTool, savedName });
    await expect(restoring).rejects.toMatchObject({ code: 'HF_USAGE' });
  }
});

test('a file that cannot be moved is named, with what would do', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo 1 > file');
  const snapshot = await workspace.take();
  workspace.shell('echo 2 > file; chattr +i file');
  const failure = workspace.restore(snapshot).finally(() => workspace.shell('chattr -i file'));
  await expect(failure).rejects.toMatchObject({
    code: 'HF_RESTORE_FAILED',
    kind: 'permission',
    message: expect.stringContaining('cannot move aside file: Operation not permitted') as unknown,
    hint: expect.stringContaining('chattr -i') as unknown,
  });
  await workspace.restore(snapshot);
  expect(workspace.shell('cat file .holdfast/saved~2/file')).toBe('1\n2\n');
});

test('a tool that is not there is named with the remedy', async () => {
  await using workspace = await Workspace.create();
  const { checkpoint } = await workspace.take();
  const restoring = restoreFiles({ reader: checkpoint.reader(), roots: workspace.roots, treeTool: '/nowhere/holdfast-tree', savedName: 'saved' });
  await expect(restoring).rejects.toMatchObject({ code: 'HF_NATIVE_MISSING', hint: 'run script/bootstrap' });
});
