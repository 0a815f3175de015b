import { expect, test } from 'vitest';
import type { TreeEntry } from '../../src/files/tree-entry.js';
import { parseWantedTree } from '../../src/files/wanted-tree.js';
import { stream } from './stream.js';

const root = { path: '', type: 'd' } as const;
const folder = { path: 'a', type: 'd' } as const;

test('a tree with its folders before their content is accepted', () => {
  const { entries } = parseWantedTree(
    stream(root, folder, { path: 'a-b' }, { path: 'a/..b' }, { path: 'a/\xff\n' }, { path: 'b', type: 'l', target: Buffer.from('/etc') }),
    'cwd',
  );
  expect([...entries.keys()]).toEqual(['', 'a', 'a-b', 'a/..b', 'a/\xff\n', 'b']);
});

test.each<[string, readonly Partial<TreeEntry>[]]>([
  ['has no root', []],
  ['begins with something else', [folder]],
  ['has a file for its root', [{ path: '', type: 'f' }]],
  ['climbs out', [root, { path: '..' }]],
  ['climbs out further down', [root, folder, { path: 'a/..', type: 'd' }, { path: 'a/../b' }]],
  ['has an absolute path', [root, { path: '/etc/passwd' }]],
  ['has an empty component', [root, folder, { path: 'a//b' }]],
  ['has the current folder', [root, { path: './a' }]],
  ['ends in a slash', [root, folder, { path: 'a/' }]],
  ['has a NUL in a name', [root, { path: 'a\0b' }]],
  ['goes through a link', [root, { path: 'a', type: 'l', target: Buffer.from('/etc') }, { path: 'a/passwd' }]],
  ['goes through a file', [root, { path: 'a', type: 'f' }, { path: 'a/b' }]],
  ['lacks a folder', [root, { path: 'a/b' }]],
  ['names a path twice', [root, folder, folder]],
  ['is out of order', [root, { path: 'b' }, { path: 'a' }]],
  ['puts something into Holdfast’s own folder', [root, { path: '.holdfast', type: 'd' }]],
  ['has a link to nowhere', [root, { path: 'a', type: 'l' }]],
])('a tree that %s is refused', (_why, entries) => {
  expect(() => parseWantedTree(stream(...entries), 'cwd')).toThrow(expect.objectContaining({ code: 'HF_MANIFEST_CORRUPT' }) as Error);
});

test('a stream with any byte of its framing changed, or cut anywhere, is refused and never read past its end', () => {
  const whole = stream(root, folder, { path: 'a/b' });
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => parseWantedTree(whole.subarray(0, length), 'cwd'), `cut to ${length}`).toThrow(
      expect.objectContaining({ code: 'HF_MANIFEST_CORRUPT' }) as Error,
    );
  }
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    try {
      parseWantedTree(damaged, 'cwd');
    } catch (error) {
      expect(error, `byte ${at}`).toMatchObject({ code: 'HF_MANIFEST_CORRUPT' });
    }
  }
});
