import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messagesOf } from '../../src/images/image-file.js';
import { decodeFields } from '../../src/images/message-fields.js';
import { addMountpoints, withMountpoint } from '../../src/images/mountpoints.js';
import { image, message } from './image-bytes.js';

const magic = 0x55563928;
const mount = (id: number, parent: number, path: string): Buffer => message([1, 0], [2, id], [3, id + 1000], [4, parent], [5, 0], [7, path]);
const mounts = image(magic, mount(90, 88, '/data/deep'), mount(95, 88, '/dev'), mount(88, 65, '/'));

function added(bytes: Uint8Array) {
  const { numbers, nested } = decodeFields(messagesOf(bytes, 'x', magic).at(-1) ?? new Uint8Array(), 'x');
  const text = (field: number): string => Buffer.from(nested.get(field) ?? '').toString();
  return { id: numbers.get(2), device: numbers.get(3), parent: numbers.get(4), path: text(7), key: text(18) };
}

test('the new mount has a number of its own and hangs on that which has its path', () => {
  expect(added(withMountpoint(mounts, 'x', '/data/old'))).toEqual({ id: 96, device: 1088, parent: 88, path: '/data/old', key: '/data/old' });
  expect(added(withMountpoint(mounts, 'x', '/data/deep/old'))).toMatchObject({ device: 1090, parent: 90 });
  expect(added(withMountpoint(mounts, 'x', '/data/deeper'))).toMatchObject({ parent: 88 });
});

test('what was in the image stays as it was', () => {
  const bytes = Buffer.from(withMountpoint(mounts, 'x', '/data/old'));
  expect(bytes.subarray(0, mounts.length).equals(mounts)).toBe(true);
  expect(messagesOf(bytes, 'x', magic)).toHaveLength(4);
});

test('the one image of mounts in a folder is changed; where there is none or more, or no root, that is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-mountpoints-'));
  try {
    await expect(addMountpoints(folder, ['/a'])).rejects.toMatchObject({ kind: 'corrupt' });
    await writeFile(join(folder, 'mountpoints-11.img'), mounts);
    await addMountpoints(folder, ['/a', '/b']);
    expect(added(await readFile(join(folder, 'mountpoints-11.img')))).toMatchObject({ id: 97, path: '/b' });
    await writeFile(join(folder, 'mountpoints-12.img'), mounts);
    await expect(addMountpoints(folder, ['/a'])).rejects.toMatchObject({ kind: 'corrupt' });
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(() => withMountpoint(image(magic, mount(90, 88, '/data')), 'x', '/a')).toThrow(expect.objectContaining({ kind: 'corrupt' }) as Error);
});
