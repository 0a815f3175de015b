import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkOutside } from '../../src/files/check-outside.js';
import type { FilePlaces } from '../../src/files/file-places.js';
import { recordOutside } from '../../src/files/record-outside.js';
import type { OpenFile, TrackedRoot } from '../../src/files/tracked-root.js';
import { openFile } from './mapping.js';

let folder: string;
let saveDir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-files-test-'));
  saveDir = join(folder, 'work', '.holdfast');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const roots = (): TrackedRoot[] => [{ id: 'cwd', hostPath: join(folder, 'work'), destination: join(folder, 'work'), private: false }];

function file(name: string, text: string, how: Partial<OpenFile> = {}): OpenFile {
  const path = join(folder, name);
  writeFileSync(path, text);
  return openFile(path, how);
}

/** What is kept with a snapshot went through JSON. */
async function record(...files: readonly OpenFile[]): Promise<unknown> {
  return JSON.parse(JSON.stringify(await recordOutside(files, roots())));
}

test('only files outside the roots that still have a name are recorded', async () => {
  const inside: OpenFile = { ...file('x', ''), path: join(folder, 'work', 'deep', 'file') };
  const beside: OpenFile = { ...file('workshop', 'abc'), path: join(folder, 'workshop') };
  const kernels: OpenFile = { ...file('y', ''), path: '/proc/self/oom_score_adj' };
  expect(await record(inside, kernels, beside, file('gone', '', { deleted: true }))).toEqual([
    expect.objectContaining({
      path: join(folder, 'workshop'),
      sizeBytes: 3,
      access: 'write',
      mtimeNs: String(statSync(beside.path, { bigint: true }).mtimeNs),
    }),
  ]);
});

test('a file that one of two descriptors can do more than append to counts as written', async () => {
  const appended = file('log', 'x', { access: 'append' });
  expect(await record(appended, { ...appended, access: 'write' })).toMatchObject([{ access: 'write' }]);
  expect(await record({ ...appended, access: 'write' }, appended)).toMatchObject([{ access: 'write' }]);
  expect(await record({ ...appended, mappedSharedWritable: true })).toMatchObject([{ access: 'write' }]);
});

test('unchanged files pass, and nothing is made', async () => {
  const records = await record(file('log', 'one', { access: 'append' }), file('data', 'two'));
  expect(await checkOutside(records, { saveDir })).toEqual({ tails: [] });
  expect(existsSync(saveDir)).toBe(false);
});

test('what was appended is saved and cut off, again and again', async () => {
  const log = file('log', 'one\n', { access: 'append' });
  const records = await record(log);
  appendFileSync(log.path, 'two\n');
  expect(await checkOutside(records, { saveDir })).toEqual({ tails: [{ path: log.path, savedAs: join(saveDir, 'log.tail-from-4'), bytes: 4 }] });
  expect([readFileSync(log.path, 'utf8'), readFileSync(join(saveDir, 'log.tail-from-4'), 'utf8')]).toEqual(['one\n', 'two\n']);
  expect(await checkOutside(records, { saveDir })).toEqual({ tails: [] });
  appendFileSync(log.path, 'three\n');
  await checkOutside(records, { saveDir });
  expect(readFileSync(join(saveDir, 'log.tail-from-4~2'), 'utf8')).toBe('three\n');
});

test.each<[string, 'append' | 'write', (path: string) => void, RegExp]>([
  ['gone', 'append', (path) => unlinkSync(path), /it is gone/],
  ['shorter', 'append', (path) => truncateSync(path, 1), /1 bytes now and had 4/],
  ['grown though not only appended to', 'write', (path) => appendFileSync(path, 'x'), /grew from 4 to 5 bytes, and not by appending/],
  ['rewritten', 'write', (path) => utimesSync(path, 1, 1), /it was written to since/],
  ['rotated', 'append', (path) => rotate(path, 'the log of another day'), /another file has that name now/],
])('a file that is %s refuses the restore before any other is cut', async (_what, access, change, why) => {
  const log = file('log', 'one\n', { access: 'append' });
  const other = file('other', 'abc\n', { access });
  const records = await record(log, other);
  appendFileSync(log.path, 'two\n');
  change(other.path);
  await expect(checkOutside(records, { saveDir })).rejects.toMatchObject({
    code: 'HF_RESTORE_REFUSED',
    message: expect.stringMatching(why) as unknown,
    context: { path: other.path },
    hint: expect.stringContaining('--track') as unknown,
  });
  expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n');
  expect(existsSync(saveDir)).toBe(false);
});

test('a link in the place of a file is refused', async () => {
  const log = file('log', 'one\n', { access: 'append' });
  const records = await record(log);
  unlinkSync(log.path);
  writeFileSync(join(folder, 'precious'), 'longer than it was');
  symlinkSync(join(folder, 'precious'), log.path);
  await expect(checkOutside(records, { saveDir })).rejects.toMatchObject({ code: 'HF_RESTORE_REFUSED' });
  expect(readdirSync(folder).sort()).toEqual(['log', 'precious']);
});

test('a list that is not whole is named as damage', async () => {
  await expect(checkOutside([{ path: 'relative' }], { saveDir })).rejects.toMatchObject({ code: 'HF_MANIFEST_CORRUPT' });
  await expect(checkOutside(undefined, { saveDir })).rejects.toMatchObject({ code: 'HF_MANIFEST_CORRUPT' });
});

function rotate(path: string, text: string): void {
  renameSync(path, `${path}.1`);
  writeFileSync(path, text);
}

test('a link planted in the place of the folder for tails is not followed, and nothing is cut', async () => {
  const log = file('log', 'one\n', { access: 'append' });
  const records = await record(log);
  appendFileSync(log.path, 'two\n');
  mkdirSync(join(folder, 'elsewhere'));
  mkdirSync(join(folder, 'work'));
  symlinkSync(join(folder, 'elsewhere'), saveDir);
  await expect(checkOutside(records, { saveDir: join(saveDir, 'tails') })).rejects.toMatchObject({ code: 'HF_RESTORE_REFUSED' });
  expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n');
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
});

test('a link planted on the way to a file is not followed, and nothing is cut', async () => {
  mkdirSync(join(folder, 'logs'));
  const log = file('logs/log', 'one\n', { access: 'append' });
  const records = await record(log);
  // The very same file behind a link: whoever can plant that can have it lead to any other.
  renameSync(join(folder, 'logs'), join(folder, 'precious'));
  symlinkSync(join(folder, 'precious'), join(folder, 'logs'));
  appendFileSync(log.path, 'two\n');
  await expect(checkOutside(records, { saveDir })).rejects.toMatchObject({
    code: 'HF_RESTORE_REFUSED',
    message: expect.stringContaining('a link lies on the way') as unknown,
  });
  expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n');
});

test('a recorded path that leads elsewhere than it says is damage', async () => {
  const records = await record(file('log', 'one\n', { access: 'append' }));
  const forged = (records as readonly object[]).map((each) => ({ ...each, path: `${folder}/work/../log` }));
  await expect(checkOutside(forged, { saveDir })).rejects.toMatchObject({ code: 'HF_MANIFEST_CORRUPT' });
});

const places = (): FilePlaces => ({
  hostPathOf: (path) => (path.startsWith('/efs/') ? `${folder}/${path.slice(5)}` : undefined),
  comesBack: (path) => !path.startsWith('/efs/'),
});

test('a file of a container is recorded as it sees it, and cut where the machine has it', async () => {
  const log = file('log', 'one\n', { access: 'append' });
  const seen = [
    { ...log, path: '/efs/log' },
    { ...log, path: '/data/x' },
  ];
  const records: unknown = JSON.parse(JSON.stringify(await recordOutside(seen, roots(), places())));
  expect(records).toMatchObject([{ path: '/efs/log', mtimeNs: String(statSync(log.path, { bigint: true }).mtimeNs) }]);
  appendFileSync(log.path, 'two\n');
  const { tails } = await checkOutside(records, { saveDir, places: places() });
  expect(tails).toMatchObject([{ path: log.path, bytes: 4 }]);
  expect(readFileSync(log.path, 'utf8')).toBe('one\n');
  await expect(checkOutside(records, { saveDir, places: { ...places(), hostPathOf: () => undefined } })).rejects.toMatchObject({
    code: 'HF_RESTORE_REFUSED',
    message: expect.stringContaining('/efs/log') as unknown,
  });
});

test('a tail that does not fit where it is to be kept stays where it is', () => {
  const log = file('log', 'x'.repeat(200_000));
  const module = new URL('../../dist/files/cut-outside.js', import.meta.url).href;
  const program = `import('${module}').then((it) => it.cutToLength('${log.path}', { sizeBytes: 8, ino: '${statSync(log.path).ino}', saveDir: '${saveDir}' })).then(() => console.log('cut'), (error) => console.log(error.code))`;
  // A file may have 64 KiB at most there: a write takes what fits, as on a disk that fills up.
  const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" -e "$1"`;
  expect(execFileSync('bash', ['-c', limited, process.execPath, program], { encoding: 'utf8' }).trim()).toBe('EFBIG');
  expect(statSync(log.path).size).toBe(200_000);
});
