import { statSync } from 'node:fs';
import { appendFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { Mapping, openFile } from './mapping.js';
import { contentOf } from './memory-checkpoint.js';
import { type Snapshot, Workspace } from './workspace.js';

/** Longer than the time within which a file's times prove nothing. */
const longEnoughMs = 2_100;

function text({ checkpoint }: Snapshot, key: string): string | undefined {
  const object = checkpoint.objects.get(key);
  return object && contentOf(object).toString('utf8').replaceAll('\0', '');
}

const settled = (path: string): [bigint, bigint] => {
  const { mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [mtimeNs, ctimeNs];
};

test('a file with a time within 2 s is copied in the freeze, an older one before it, an unchanged one not again', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo one > file');
  const first = await workspace.take();
  expect(first).toMatchObject({ copiedFiles: 1 });
  await setTimeout(longEnoughMs);
  const second = await workspace.take({ parent: first });
  expect(second).toMatchObject({ copiedFiles: 0, checkpoint: { kept: [], puts: ['file/cwd/file', 'tree/cwd'] } });
  const third = await workspace.take({ parent: second });
  expect(third).toMatchObject({ copiedFiles: 0, checkpoint: { kept: ['file/cwd/file'], puts: ['tree/cwd'] } });
  expect(text(third, 'file/cwd/file')).toBe('one\n');
});

test('a second store through a shared mapping is found although it moves no time', async () => {
  await using workspace = await Workspace.create();
  const path = `${workspace.root}/file`;
  // Where the kernel writes the page back in between, the next store does move the times, and there is nothing to see.
  for (let seen = false; !seen; ) {
    workspace.shell('printf 00000000 > file');
    await using mapping = await Mapping.of(path);
    await mapping.store('first');
    await setTimeout(longEnoughMs);
    const mapped = [openFile(path, { mappedSharedWritable: true })];
    const first = await workspace.take({ openFiles: mapped });
    const times = settled(path);
    const second = await workspace.take({ parent: first, openFiles: mapped, meanwhile: () => mapping.store('again') });
    expect(text(second, 'file/cwd/file')).toBe('again000');
    // Unmapped before anybody looks: what the mapping wrote since the snapshot before is read all the same.
    await mapping.store('thirdly');
    await mapping.unmap();
    const third = await workspace.take({ parent: second });
    expect(text(third, 'file/cwd/file')).toBe('thirdly0');
    seen = isDeepStrictEqual(settled(path), times);
  }
});

test('what a mapping stored that is gone before the freeze is in the snapshot, and the file is stored once', async () => {
  await using workspace = await Workspace.create();
  const path = `${workspace.root}/file`;
  workspace.shell('echo other > other');
  // Where the kernel writes the page back in between, the next store does move the times, and there is nothing to see.
  for (let seen = false; !seen; ) {
    workspace.shell('printf 00000000 > file');
    await using mapping = await Mapping.of(path);
    await mapping.store('first');
    await setTimeout(longEnoughMs);
    const times = settled(path);
    const openBefore = [openFile(path, { mappedSharedWritable: true })];
    const meanwhile = async (): Promise<void> => {
      await mapping.store('again');
      await mapping.unmap();
    };
    const first = await workspace.take({ openBefore, meanwhile });
    expect(text(first, 'file/cwd/file')).toBe('again000');
    expect(first.copiedFiles).toBe(1);
    expect(first.checkpoint.puts.filter((key) => key === 'file/cwd/file')).toHaveLength(1);
    expect((await workspace.take({ parent: first })).checkpoint.kept).toEqual(['file/cwd/other']);
    seen = isDeepStrictEqual(settled(path), times);
  }
});

test('a file open for writing is copied in the freeze although its times stay', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo log > file; echo other > other');
  await setTimeout(longEnoughMs);
  const openFiles = [openFile(`${workspace.root}/file`)];
  const first = await workspace.take({ openFiles });
  expect(first.copiedFiles).toBe(1);
  const second = await workspace.take({ parent: first, openFiles });
  expect(second).toMatchObject({ copiedFiles: 1, checkpoint: { kept: ['file/cwd/other'] } });
});

test('what happens between the pre-copy and the freeze is in the snapshot', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('mkdir d; echo 1 > grows; echo 2 > goes; echo 3 > moves; echo 4 > d/a; ln d/a d/b');
  await setTimeout(longEnoughMs);
  const { root } = workspace;
  const snapshot = await workspace.take({
    meanwhile: async () => {
      await appendFile(`${root}/grows`, 'more');
      await rm(`${root}/goes`);
      await rename(`${root}/moves`, `${root}/moved`);
      await rm(`${root}/d/a`);
      await writeFile(`${root}/new`, 'new');
    },
  });
  const keys = ['file/cwd/d/b', 'file/cwd/grows', 'file/cwd/moved', 'file/cwd/new', 'tree/cwd'];
  expect([...snapshot.checkpoint.objects.keys()].sort()).toEqual(keys);
  expect(keys.slice(0, 4).map((key) => text(snapshot, key))).toEqual(['4\n', '1\nmore', '3\n', 'new']);
  expect(snapshot.checkpoint.dropped.sort()).toEqual(['file/cwd/d/a', 'file/cwd/goes', 'file/cwd/moves']);
});

test('a file that changes while it is read is read again', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('echo steady > a; echo grows > b; echo shrinks > c; echo vanishes > d');
  await setTimeout(longEnoughMs);
  const { root } = workspace;
  const change: Record<string, () => Promise<void>> = {
    'file/cwd/b': () => appendFile(`${root}/b`, 'more'),
    'file/cwd/c': () => truncate(`${root}/c`, 2),
    'file/cwd/d': () => rm(`${root}/d`),
  };
  const beforePut = async (key: string): Promise<void> => {
    const once = change[key];
    delete change[key];
    await once?.();
  };
  const snapshot = await workspace.take({ beforePut });
  expect(['a', 'b', 'c', 'd'].map((name) => text(snapshot, `file/cwd/${name}`))).toEqual(['steady\n', 'grows\nmore', 'sh', undefined]);
  expect(snapshot.copiedFiles).toBe(2);
});

test('the links that CRIU makes for the length of a dump are in no snapshot, a file of the user’s of such a name is', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('mkdir d; echo open > d/file; echo mine > d/link_remap.8');
  const { checkpoint } = await workspace.take({ meanwhile: () => void workspace.shell('ln d/file d/link_remap.7; echo x > d/link_remap.x') });
  expect([...checkpoint.objects.keys()].sort()).toEqual(['file/cwd/d/file', 'file/cwd/d/link_remap.8', 'file/cwd/d/link_remap.x', 'tree/cwd']);
  await workspace.restore({ checkpoint });
  expect(workspace.shell('ls d')).toBe('file\nlink_remap.8\nlink_remap.x\n');
});

test('on a file system in memory no time is believed', async () => {
  await using workspace = await Workspace.create(['shm'], '/dev/shm');
  workspace.shell('echo one > file');
  await setTimeout(longEnoughMs);
  const first = await workspace.take();
  const second = await workspace.take({ parent: first });
  expect([first.copiedFiles, second.copiedFiles]).toEqual([1, 1]);
});

test('paths left out and Holdfast’s own folder are in no snapshot, and a restore leaves them alone', async () => {
  await using workspace = await Workspace.create();
  workspace.shell('mkdir -p .holdfast a/store b; echo mine > .holdfast/x; echo pack > a/store/pack; echo 1 > a/file');
  const exclude = [`${workspace.root}/a/store`, '/elsewhere'];
  const snapshot = await workspace.take({ exclude });
  expect([...snapshot.checkpoint.objects.keys()]).toEqual(['file/cwd/a/file', 'tree/cwd']);
  workspace.shell('echo 2 > a/file; echo later > a/store/later');
  await workspace.restore(snapshot, 'saved', exclude);
  expect(workspace.shell('cat a/file a/store/* .holdfast/x .holdfast/saved/a/file')).toBe('1\nlater\npack\nmine\n2\n');
});
