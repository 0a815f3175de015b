import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ActionList } from '../../src/files/action-list.js';
import { applyActions } from '../../src/files/apply-actions.js';
import type { TreeEntry } from '../../src/files/tree-entry.js';
import { entry } from './entry.js';
import { treeTool, Workspace } from './workspace.js';

/** Beside the root lies a folder `victim` that nothing may ever touch. */
async function refused(prepare: string, add: (actions: ActionList, workspace: Workspace) => void): Promise<string> {
  await using workspace = await Workspace.create();
  workspace.shell(`mkdir ../victim; echo secret > ../victim/file; ${prepare}`);
  const facts = (): string => workspace.shell('find ../victim -printf "%p %y %m %U %s %T@ %i\\n" | sort; cat ../victim/file');
  const before = facts();
  const actions = new ActionList();
  add(actions, workspace);
  const failure = await applyActions(workspace.roots, actions, { treeTool }).then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Error ? error.message : 'no error'),
  );
  expect(facts()).toBe(before);
  return failure;
}

const file: TreeEntry = entry({ path: 'a/file', type: 'f', mode: 0o4777, uid: 12 });

test.each(['..', '../victim/file', 'a/../../victim/file', '/etc/hostname', 'a//file', './file', 'a/.', '', 'a/..'])(
  'the path %j is refused',
  async (path) => {
    const made = await refused('mkdir a; echo x > file', (actions) => actions.place(0, 'file', path));
    expect(made).toMatch(/refused path/);
    const moved = await refused('mkdir a', (actions) => actions.moveAside(0, path, '.holdfast/saved'));
    expect(moved).toMatch(/refused path/);
    const target = await refused('mkdir a; echo x > a/x', (actions) => actions.moveAside(0, 'a/x', path));
    expect(target).toMatch(/refused path|cannot/);
  },
);

test.each<[string, (actions: ActionList) => void]>([
  ['place a file', (actions) => actions.place(0, 'file', 'a/file')],
  ['make a directory', (actions) => actions.makeDirectory(0, 'a/new')],
  ['make a link', (actions) => actions.makeSymbolicLink(0, 'a/new', Buffer.from('x'))],
  ['make a node', (actions) => actions.makeNode(0, entry({ path: 'a/new', type: 'p' }))],
  ['link out of it', (actions) => actions.makeHardLink(0, 'a/file', 0, 'here')],
  ['link into it', (actions) => actions.makeHardLink(0, 'file', 0, 'a/new')],
  ['take from it', (actions) => actions.place(0, 'a/file', 'here')],
  ['set metadata', (actions) => actions.setMetadata(0, file)],
  ['remove an empty folder', (actions) => actions.removeEmptyDirectory(0, 'a/empty')],
])('a link planted in the place of a directory leads nowhere: %s', async (_name, add) => {
  expect(await refused('mkdir ../victim/empty; ln -s ../victim a; echo x > file', add)).toMatch(/Not a directory|symbolic links/);
});

test('metadata is not set through a link in the place of a file', async () => {
  expect(await refused('mkdir a; ln -s ../../victim/file a/file', (actions) => actions.setMetadata(0, file))).toMatch(
    /another kind of file at a\/file/,
  );
  expect(await refused('ln -s ../victim a', (actions) => actions.setMetadata(0, entry({ path: 'a', type: 'd', mode: 0o777 })))).toMatch(
    /another kind/,
  );
});

test('moving a link moves the link, and its target stays', async () => {
  expect(await refused('ln -s ../victim a', (actions) => actions.moveAside(0, 'a', '.holdfast/saved/a'))).toBe('nothing was refused');
});

test('only what lies below .holdfast is ever removed, and no link in there is followed', async () => {
  expect(await refused('mkdir a', (actions) => actions.removeOwn(0, 'a'))).toMatch(/refused to remove/);
  expect(await refused('mkdir .holdfast', (actions) => actions.removeOwn(0, '.holdfast/../a'))).toMatch(/refused path/);
  expect(await refused('ln -s ../victim .holdfast', (actions) => actions.removeOwn(0, '.holdfast/file'))).toMatch(/Not a directory|symbolic links/);
  expect(await refused('mkdir -p .holdfast/x/y; ln -s ../../../victim .holdfast/x/link', (actions) => actions.removeOwn(0, '.holdfast/x'))).toBe(
    'nothing was refused',
  );
});

test('nothing that is there is replaced', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo mine > taken; echo new > file; mkdir -p .holdfast; echo saved > .holdfast/taken');
  const placing = new ActionList();
  placing.place(0, 'file', 'taken');
  await expect(applyActions(workspace.roots, placing, { treeTool })).rejects.toThrow('cannot place taken: File exists');
  const moving = new ActionList();
  moving.moveAside(0, 'taken', '.holdfast/taken');
  expect(await applyActions(workspace.roots, moving, { treeTool })).toMatchObject({ moves: [{ root: 0, from: 'taken', to: '.holdfast/taken~2' }] });
  expect(workspace.shell('cat .holdfast/taken .holdfast/taken~2')).toBe('saved\nmine\n');
});

test('a list of actions that is cut or of another version does nothing', async () => {
  await using workspace = await Workspace.create();
  const actions = new ActionList();
  for (const name of ['a', 'b']) actions.makeDirectory(0, name);
  const whole = actions.encode();
  const cuts = [
    whole.subarray(0, 5),
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, 12),
    Buffer.concat([Buffer.from('HFACTS02'), whole.subarray(8)]),
  ];
  for (const bytes of cuts) {
    const cut = Object.assign(Object.create(ActionList.prototype) as ActionList, { encode: () => bytes });
    Object.defineProperty(cut, 'count', { value: 1 });
    await expect(applyActions(workspace.roots, cut, { treeTool })).rejects.toThrow(/cannot read the (input|actions)/);
  }
  expect(workspace.shell('ls')).toBe('');
});

test('a mount below .holdfast is not emptied', async () => {
  await using workspace = await Workspace.create();
  const output = workspace.shell(`mkdir -p .holdfast/incoming-1/d/mnt
    unshare -m --propagation private bash -euc '
      mount -t tmpfs none .holdfast/incoming-1/d/mnt; echo inside > .holdfast/incoming-1/d/mnt/inside
      printf "HFACTS01\\1\\0\\0\\0\\32\\0\\0\\0X\\0\\24\\0\\0\\0.holdfast/incoming-1" | { ${treeTool} apply . 2>&1 || true; }
      cat .holdfast/incoming-1/d/mnt/inside'`);
  expect(output).toBe('cannot remove .holdfast/incoming-1: Invalid cross-device link\ninside\n');
});

test('a mount below the root is named, not entered, and nothing is done in it', async () => {
  await using workspace = await Workspace.create();
  const output = workspace.shell(`mkdir -p d/mnt other; ln -s /etc to-etc
    unshare -m --propagation private bash -euc '
      mount -t tmpfs none d/mnt; echo inside > d/mnt/inside; mount --bind other other
      ${treeTool} scan . > ../stream
      printf "HFACTS01\\1\\0\\0\\0\\17\\0\\0\\0D\\0\\11\\0\\0\\0d/mnt/new" | { ${treeTool} apply . 2>&1 || true; }
      printf "HFACTS01\\1\\0\\0\\0\\17\\0\\0\\0D\\0\\11\\0\\0\\0other/new" | { ${treeTool} apply . 2>&1 || true; }'`);
  expect(output).toBe('cannot make directory d/mnt/new: Invalid cross-device link\ncannot make directory other/new: Invalid cross-device link\n');
  const stream = readFileSync(`${workspace.directory}/stream`, 'latin1');
  expect(stream).toContain('d/mnt');
  expect(stream).not.toContain('inside');
  expect(stream).not.toContain('hostname');
});
