import { constants } from 'node:fs';
import { open, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { openUntouched } from '../../src/files/open-untouched.js';
import { temporaryPlace } from '../fixture.js';

const [accessed, modified] = [new Date('2001-01-01T00:00:00Z'), new Date('2002-02-02T00:00:00Z')];

test("storing a job's file and comparing it leaves its access time", async () => {
  await using place = await temporaryPlace();
  const path = join(place.scratch, 'file');
  const bytes = patternBytes(40_000, 1);
  await writeFile(path, bytes);
  // Older than the modification: a read of any other kind moves it, on file systems that note reads at all.
  await utimes(path, accessed, modified);
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  const extents = [{ firstPage: 0, pageCount: 10, sourceOffset: 0 }];
  await writer.put({ key: 'file', kind: 'file', sizeBytes: bytes.length, source: { kind: 'path', path }, extents });
  expect((await stat(path)).atime).toEqual(accessed);
  await using reader = await store.open((await writer.commit({})).summary);
  expect(await reader.matches('file', path)).toBe(true);
  expect((await stat(path)).atime).toEqual(accessed);
});

test('a file of another owner, which the system lets nobody else read untouched, is read all the same; other refusals stay', async () => {
  await using place = await temporaryPlace();
  const path = join(place.scratch, 'file');
  await writeFile(path, 'text');
  const tried: number[] = [];
  const refusing = (code: string) => async (name: string | Buffer, flags: number) => {
    tried.push(flags);
    if ((flags & constants.O_NOATIME) !== 0) throw Object.assign(new Error(code), { code });
    return await open(name, flags);
  };
  await using handle = await openUntouched(path, constants.O_RDONLY, refusing('EPERM'));
  expect(await handle.readFile('utf8')).toBe('text');
  expect(tried).toEqual([constants.O_RDONLY | constants.O_NOATIME, constants.O_RDONLY]);
  await expect(openUntouched(path, constants.O_RDONLY, refusing('EACCES'))).rejects.toThrow('EACCES');
});
