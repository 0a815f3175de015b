import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fileMember } from '../../src/archive/file-member.js';
import { sparseMap } from '../../src/archive/sparse-map.js';
import { decodeTarHeader, encodeTarHeader } from '../../src/archive/tar-header.js';
import { readTar } from '../../src/archive/tar-reader.js';
import { TarWriter } from '../../src/archive/tar-writer.js';
import { entry } from '../files/entry.js';

const folder = mkdtempSync(join(tmpdir(), 'hf-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function written(write: (writer: TarWriter) => Promise<void>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const writer = new TarWriter({ write: async (bytes) => void chunks.push(Buffer.from(bytes)) });
  await write(writer);
  await writer.end();
  const bytes = Buffer.concat(chunks);
  expect(writer.writtenBytes).toBe(bytes.length);
  return bytes;
}

async function* inChunksOf(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function membersOf(bytes: Buffer, chunk = 1000): Promise<readonly (readonly [string, string, string])[]> {
  const members: [string, string, string][] = [];
  for await (const { name, type, body } of readTar(inChunksOf(bytes, chunk))) {
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(part);
    members.push([name, type, Buffer.concat(parts).toString('latin1')]);
  }
  return members;
}

const plain = { type: 'File', mode: 0o600, mtimeSeconds: 1 } as const;

test('members come back as they were written, in chunks of any size', async () => {
  const large = 'x'.repeat(3_000_000);
  const bytes = await written(async (writer) => {
    await writer.member({ ...plain, name: 'one', sizeBytes: 513 }, [Buffer.from('a'.repeat(513))]);
    await writer.member({ ...plain, name: 'two', sizeBytes: 0, pax: [['path', 'an/other name']] });
    await writer.member({ ...plain, name: 'three', sizeBytes: large.length }, [Buffer.from(large)]);
  });
  const expected = [
    ['one', 'File', 'a'.repeat(513)],
    ['two', 'File', ''],
    ['three', 'File', large],
  ];
  expect(await membersOf(bytes)).toEqual(expected);
  expect(await membersOf(bytes, 1 << 24)).toEqual(expected);
  expect(await membersOf(bytes.subarray(0, 4096), 7).catch(() => 'cut')).toBe('cut');
});

test('what is not read of a member is passed over', async () => {
  const bytes = await written(async (writer) => {
    for (const name of ['a', 'b', 'c']) await writer.member({ ...plain, name, sizeBytes: 2000 }, [Buffer.alloc(2000, name)]);
  });
  const names: string[] = [];
  for await (const { name, body } of readTar(inChunksOf(bytes, 700))) {
    names.push(name);
    if (name === 'b') for await (const _ of body) break;
  }
  expect(names).toEqual(['a', 'b', 'c']);
});

test('an archive that ends before its two empty blocks is damaged, wherever', async () => {
  const bytes = await written((writer) => writer.member({ ...plain, name: 'a', sizeBytes: 600, pax: [['path', 'b']] }, [Buffer.alloc(600)]));
  for (let length = 1; length <= bytes.length - 1024; length += 100) {
    await expect(membersOf(bytes.subarray(0, length)), `cut to ${length}`).rejects.toMatchObject({
      code: length < 512 ? 'HF_ARCHIVE_FOREIGN' : 'HF_ARCHIVE_CORRUPT',
    });
  }
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a compressed file', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(2000, 7)])],
  ['text', Buffer.from('hello\n'.repeat(200))],
])('%s is no tar file', async (_what, bytes) => {
  await expect(membersOf(bytes)).rejects.toMatchObject({ code: 'HF_ARCHIVE_FOREIGN', kind: 'invalid-argument' });
});

test('sizes beyond the octal field are exact; one that is no number is damage', () => {
  const sizeBytes = 3 * 2 ** 40 + 1;
  const block = encodeTarHeader({ ...plain, name: 'large', sizeBytes });
  expect(decodeTarHeader(block)).toMatchObject({ name: 'large', sizeBytes });
  block.fill(0xff, 124, 136);
  expect(() => decodeTarHeader(block)).toThrow(expect.objectContaining({ code: 'HF_ARCHIVE_CORRUPT' }) as Error);
});

test('a body of another size than was said is refused', async () => {
  await expect(written((writer) => writer.member({ ...plain, name: 'a', sizeBytes: 3 }, [Buffer.from('four')]))).rejects.toMatchObject({
    kind: 'unexpected',
  });
});

test('GNU tar restores names of any bytes, long ones, links, holes, modes and times', async () => {
  const data = Buffer.alloc(5000, 'd');
  const runs = [{ firstPage: 2, pageCount: 2 }];
  const sizeBytes = 3 * 4096 + 904;
  const long = `${'d'.repeat(200)}/${'f'.repeat(200)}`;
  const time = { seconds: 1_500_000_000n, nanoseconds: 123_456_789 };
  const early = { seconds: -2n, nanoseconds: 250_000_000 };
  const bytes = await written(async (writer) => {
    const put = async (fields: Parameters<typeof entry>[0], content: Buffer, more: { isSparse?: boolean; linkPath?: Buffer } = {}): Promise<void> => {
      const member = fileMember({ rootId: 'cwd', entry: entry(fields), number: 1, isSparse: false, bodyBytes: content.length, ...more });
      if (member !== undefined) await writer.member(member, [content]);
    };
    await put({ type: 'd', mode: 0o755, mtime: time }, Buffer.alloc(0));
    await put({ path: 'caf\xe9\n1', mode: 0, mtime: time, sizeBytes: 2 }, Buffer.from('hi'));
    await put({ path: long, mtime: early, sizeBytes: 2 }, Buffer.from('hi'));
    await put({ path: 'holes', sizeBytes }, Buffer.concat([sparseMap(sizeBytes, runs) ?? Buffer.alloc(0), data]), { isSparse: true });
    await put({ path: 'link', type: 'l', target: Buffer.from('\xff', 'latin1') }, Buffer.alloc(0));
    await put({ path: 'hard', nlink: 2 }, Buffer.alloc(0), { linkPath: Buffer.from('holdfast/files/cwd/holes') });
    await put({ path: 'socket', type: 's' }, Buffer.alloc(0));
  });
  writeFileSync(join(folder, 'a.tar'), bytes);
  execFileSync('tar', ['xf', 'a.tar'], { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  const inside = Buffer.from(join(folder, 'holdfast/files/cwd/'));
  const at = (path: string): Buffer => Buffer.concat([inside, Buffer.from(path, 'latin1')]);
  expect(statSync(at('caf\xe9\n1'), { bigint: true })).toMatchObject({ mode: 0o100000n, mtimeNs: 1_500_000_000_123_456_789n });
  expect(statSync(at(long), { bigint: true }).mtimeNs).toBe(-1_750_000_000n);
  expect(readFileSync(at('holes'))).toEqual(Buffer.concat([Buffer.alloc(8192), data, Buffer.alloc(sizeBytes - 8192 - 5000)]));
  expect(statSync(at('hard')).ino).toBe(statSync(at('holes')).ino);
  expect(execFileSync('readlink', ['-n', join(inside.toString(), 'link')])).toEqual(Buffer.from('\xff', 'latin1'));
  expect(execFileSync('ls', [inside.toString()]).toString()).not.toContain('socket');
});
