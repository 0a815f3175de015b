import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LostFile, lostNamesFile, recordLostNames } from '../../src/container/lost-names.js';
import { TreeTable } from '../../src/files/tree-table.js';
import { stream } from '../files/stream.js';

const roots = [
  { id: 'cwd', hostPath: '/data', destination: '/data', private: false },
  { id: 'tmp', hostPath: '/runs/1/tmp', destination: '/tmp', private: true },
];
const entries = [
  { path: '', type: 'd' },
  { path: 'a', ino: 5n, dev: 2n },
  { path: 'd', type: 'd', ino: 7n },
  { path: 'd/b', ino: 7n },
] as const;
const tables = new Map([
  ['cwd', { table: new TreeTable(stream({ path: '', type: 'd' }), 'cwd') }],
  ['tmp', { table: new TreeTable(stream(...entries), 'tmp') }],
]);
const lost: LostFile = { original: '/tmp/gone', link: '/tmp/link_remap.1', inode: { dev: 1n, ino: 7n, size: 0n }, nearby: undefined };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-lost-names-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('another name is looked up where the frozen files were listed, as the job sees it', async () => {
  const outside = { ...lost, link: '/srv/link_remap.2', nearby: '/srv/other' };
  await recordLostNames(folder, [lost, outside], roots, tables);
  expect(JSON.parse(await readFile(join(folder, lostNamesFile), 'utf8'))).toEqual([
    { link: '/tmp/link_remap.1', name: '/tmp/d/b' },
    { link: '/srv/link_remap.2', name: '/srv/other' },
  ]);
});

test.each([{ inode: undefined }, { inode: { dev: 1n, ino: 5n, size: 0n } }, { inode: { dev: 9n, ino: 7n, size: 0n } }])(
  'a file without one is named: %o',
  async ({ inode }) => {
    await expect(recordLostNames(folder, [{ ...lost, inode }], roots, tables)).rejects.toMatchObject({
      code: 'HF_DUMP_FAILED',
      message: expect.stringContaining('/tmp/gone') as unknown,
      hint: expect.stringContaining('--track') as unknown,
    });
  },
);
