import { createHash } from 'node:crypto';
import { type ObjectInput, pageSizeBytes } from '@holdfast/core';

const memoryPages = 48;
const firstPage = 0x7f00_0000;

export interface KnownObject {
  readonly input: ObjectInput;
  readonly bytes: Uint8Array;
}

/** What snapshot `number` of the victim job holds: a function of the number alone, so that a checker needs no other record. */
export function objectsOfSnapshot(number: number): readonly KnownObject[] {
  const memory = Buffer.concat(Array.from({ length: memoryPages }, (_, page) => pageAt(page, number)));
  const file = Buffer.concat([Buffer.alloc(5000, `the file of snapshot ${number}. `), bytesOf(`file ${number}`, 1000)]);
  const image = Buffer.from(JSON.stringify({ number, text: bytesOf(`image ${number}`, 16).toString('hex') }));
  return [known('memory/1', 'memory', memory, firstPage), known('file/output', 'file', file, 0), known('image/core', 'image', image, 0)];
}

function known(key: string, kind: ObjectInput['kind'], bytes: Buffer, first: number): KnownObject {
  const pageCount = Math.ceil(bytes.length / pageSizeBytes);
  const extents = [{ firstPage: first, pageCount, sourceOffset: 0 }];
  return { input: { key, kind, sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents }, bytes };
}

/** Each page changes in about every fourth snapshot; every eighth page is zero. */
function pageAt(page: number, number: number): Buffer {
  if (page % 8 === 5) return Buffer.alloc(pageSizeBytes);
  let changed = number;
  while (changed > 0 && bytesOf(`changes ${page} ${changed}`, 1).readUInt8() >= 64) changed -= 1;
  return bytesOf(`page ${page} ${changed}`, pageSizeBytes);
}

function bytesOf(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}
