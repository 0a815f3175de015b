import { pageSizeBytes } from '@holdfast/core/basics';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import type { OpenFile } from '../files/file-operations.js';
import { readFully } from '../files/whole-files.js';
import { type ObjectMap, windowPages } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';

const chunkWindows = 16;
const windowBytes = windowPages * pageSizeBytes;
const zeros = Buffer.alloc(windowBytes);

/** True where the file has exactly the object's bytes, holes as zeros: compared by the windows' hashes, so no block is read. */
export async function matchesObject(map: ObjectMap, file: OpenFile, hash: KeyedHash, check: () => void): Promise<boolean> {
  const cursor = new WindowCursor(map);
  cursor.next();
  const total = Math.ceil(map.sizeBytes / windowBytes);
  const chunk = Buffer.alloc(Math.min(chunkWindows, total) * windowBytes);
  for (let window = 0; window < total; window += 1) {
    const at = (window % chunkWindows) * windowBytes;
    if (at === 0) {
      check();
      const got = await readFully(file, chunk, window * windowBytes);
      if (got < Math.min(chunk.length, map.sizeBytes - window * windowBytes)) return false;
      chunk.fill(0, got);
    }
    if (!matchesWindow(map, cursor, window, chunk.subarray(at, at + windowBytes), hash)) return false;
    if (cursor.window === window) cursor.next();
  }
  return true;
}

function matchesWindow(map: ObjectMap, cursor: WindowCursor, window: number, bytes: Buffer, hash: KeyedHash): boolean {
  const mask = cursor.window === window ? cursor.mask : 0;
  const present: Buffer[] = [];
  for (let position = 0; position < windowPages; position += 1) {
    const page = bytes.subarray(position * pageSizeBytes, (position + 1) * pageSizeBytes);
    if ((mask & (1 << position)) !== 0) present.push(page);
    else if (!isZero(page)) return false;
  }
  if (mask === 0) return true;
  const content = present.length === windowPages ? bytes : Buffer.concat(present);
  if (cursor.hashOffset < 0) return isZero(content);
  return hash.equals(map.windowHashes.subarray(0, cursor.hashOffset + hashLength), cursor.hashOffset, content);
}

function isZero(bytes: Buffer): boolean {
  return bytes.compare(zeros, 0, bytes.length) === 0;
}
