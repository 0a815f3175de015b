import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openArchiveTarget } from '../../src/archive/archive-target.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-target-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file appears under its name when it is whole, for its owner alone', async () => {
  const path = join(folder, 'job.tar');
  await using target = await openArchiveTarget(path);
  await target.write(Buffer.from('one'));
  await target.write(Buffer.from('two'));
  expect(await readdir(folder)).not.toContain('job.tar');
  await target.finish();
  expect(await readFile(path, 'utf8')).toBe('onetwo');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['job.tar']);
});

test('a folder that is not there, or is none, is named, and not the file that would have been there for a moment', async () => {
  await writeFile(join(folder, 'file'), '');
  const refused = async (path: string): Promise<unknown> => openArchiveTarget(path).catch((error: unknown) => error);
  const gone = join(folder, 'gone');
  expect(await refused(join(gone, 'job.tar'))).toMatchObject({
    code: 'HF_ARCHIVE_IO',
    kind: 'not-found',
    message: `the archive ${join(gone, 'job.tar')} cannot be written: there is no folder ${gone}`,
    hint: expect.stringContaining(`mkdir -p ${gone}`) as string,
  });
  const message = `the archive ${join(folder, 'file', 'job.tar')} cannot be written: a part of ${join(folder, 'file')} is a file, and no folder`;
  expect(await refused(join(folder, 'file', 'job.tar'))).toMatchObject({ kind: 'invalid-argument', message });
  const long = join(folder, 'x'.repeat(250));
  expect(await refused(long)).toMatchObject({ message: `the archive ${long} cannot be written: ENAMETOOLONG: name too long` });
});

test('given up, nothing is left', async () => {
  {
    await using target = await openArchiveTarget(join(folder, 'job.tar'));
    await target.write(Buffer.from('one'));
  }
  expect(await readdir(folder)).toEqual([]);
});

test('a file that is there stays, also one that came meanwhile', async () => {
  const path = join(folder, 'job.tar');
  const refusal = { code: 'HF_USAGE', message: `${path} is there already` };
  await using target = await openArchiveTarget(path);
  await writeFile(path, 'mine');
  await expect(openArchiveTarget(path)).rejects.toMatchObject(refusal);
  await target.write(Buffer.from('one'));
  await expect(target.finish()).rejects.toMatchObject(refusal);
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('a folder that is not there is named', async () => {
  await expect(openArchiveTarget(join(folder, 'none', 'job.tar'))).rejects.toMatchObject({ code: 'HF_ARCHIVE_IO', kind: 'not-found' });
});

test('a stream that breaks fails the write', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) });
  stream.on('error', () => undefined);
  await using target = await openArchiveTarget(stream);
  await expect(target.write(Buffer.from('one'))).rejects.toMatchObject({ code: 'HF_ARCHIVE_IO', kind: 'unavailable' });
});
