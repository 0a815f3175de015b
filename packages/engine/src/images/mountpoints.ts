import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { damaged, messagesOf } from './image-file.js';
import { decodeFields, type MessageFields } from './message-fields.js';

const mountsMagic = 0x55563928;
/** Of CRIU's mnt_entry; a mount with a key is bound from outside and its other fields are not looked at, but required. */
const field = { type: 1, id: 2, device: 3, parent: 4, flags: 5, root: 6, mountpoint: 7, source: 8, options: 9, sharedId: 10, masterId: 11, key: 18 };
const [varint, lengthDelimited] = [0, 2];
const relatime = 1 << 21;

/**
 * Has CRIU's restore mount what lies outside on these destinations, each under a key of its own name, as if the dumped job had had such mounts: what
 * it had open below them is opened there. Changes the images.
 */
export async function addMountpoints(imagesDirectory: string, destinations: readonly string[]): Promise<void> {
  const [name, ...others] = (await readdir(imagesDirectory)).filter((each) => /^mountpoints-\d+\.img$/.test(each));
  if (name === undefined || others.length > 0) throw damaged('mountpoints', 'there must be one');
  const path = join(imagesDirectory, name);
  let image: Uint8Array = await readFile(path);
  for (const destination of destinations) image = withMountpoint(image, name, destination);
  await writeFile(path, image);
}

/** The image with one more mount, on that which has the destination. Throws with kind `corrupt`. */
export function withMountpoint(image: Uint8Array, name: string, destination: string): Uint8Array {
  const mounts = messagesOf(image, name, mountsMagic).map((message) => decodeFields(message, name));
  const ids = mounts.map((mount) => mount.numbers.get(field.id) ?? 0);
  const parent = mounts
    .filter((mount) => `${destination}/`.startsWith(pathOf(mount).replace(/\/*$/, '/')))
    .sort((left, right) => pathOf(right).length - pathOf(left).length)[0];
  const [parentId, device] = [parent?.numbers.get(field.id), parent?.numbers.get(field.device)];
  if (parentId === undefined || device === undefined) throw damaged(name, 'it has no root');
  const message = protobuf.Writer.create();
  const number = (id: number, value: number): unknown => message.uint32((id << 3) | varint).uint32(value);
  const text = (id: number, value: string): unknown => message.uint32((id << 3) | lengthDelimited).string(value);
  number(field.type, 0);
  number(field.id, Math.max(...ids) + 1);
  number(field.device, device);
  number(field.parent, parentId);
  number(field.flags, relatime);
  text(field.root, '/');
  text(field.mountpoint, destination);
  text(field.source, 'none');
  text(field.options, '');
  number(field.sharedId, 0);
  number(field.masterId, 0);
  text(field.key, destination);
  const bytes = message.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([image, length, bytes]);
}

function pathOf({ nested }: MessageFields): string {
  return Buffer.from(nested.get(field.mountpoint) ?? '').toString('utf8');
}
