import { HoldfastError } from '@holdfast/core';
import type { EntryType, FileTime, TreeBarrier, TreeEntry, UnreadableEntry } from './tree-entry.js';
import { entryFlag, extentBytes, field, memoryFileSystems, recordKind, treeHeaderBytes, treeMagic } from './tree-format.js';

const entryTypes = new Map<number, EntryType>((['f', 'd', 'l', 'p', 's', 'c', 'b'] as const).map((type) => [type.charCodeAt(0), type]));

/**
 * A scanned tree: its entries by number, sorted by the bytes of their paths. Kept as the bytes it came in and decoded where asked,
 * so that a tree of 100,000 files costs little while its job stands still.
 */
export class TreeTable {
  readonly bytes: Buffer;
  readonly barriers: readonly TreeBarrier[];
  readonly unreadable: readonly UnreadableEntry[];
  readonly #offsets: Float64Array;

  /** Rejects a stream that is cut, of another version or inconsistent with HF_MANIFEST_CORRUPT. */
  constructor(bytes: Uint8Array, name: string) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const framed = readFrames(this.bytes, name);
    this.#offsets = framed.offsets;
    this.barriers = framed.barriers;
    this.unreadable = framed.unreadable;
  }

  get count(): number {
    return this.#offsets.length;
  }

  /** When the walk began, in milliseconds since the epoch. */
  get startedMs(): number {
    return Number(this.bytes.readBigInt64LE(8)) * 1000 + this.bytes.readUInt32LE(16) / 1e6;
  }

  get isMemoryFileSystem(): boolean {
    return memoryFileSystems.has(this.bytes.readBigUInt64LE(24));
  }

  /** Where the record lies in `bytes`. */
  offset(index: number): number {
    const offset = this.#offsets[index];
    if (offset === undefined) throw new RangeError(`no entry ${index} in a tree of ${this.count}`);
    return offset;
  }

  type(index: number): EntryType {
    return entryTypeOf(this.bytes[this.offset(index) + field.type]);
  }

  isFile(index: number): boolean {
    return this.bytes[this.offset(index) + field.type] === 0x66;
  }

  nlink(index: number): number {
    return this.bytes.readUInt32LE(this.offset(index) + field.nlink);
  }

  sizeBytes(index: number): number {
    return Number(this.bytes.readBigUInt64LE(this.offset(index) + field.size));
  }

  /** Names the inode, the same for every hard link. */
  inode(index: number): string {
    const offset = this.offset(index);
    return `${this.type(index)}:${this.bytes.readBigUInt64LE(offset + field.dev)}:${this.bytes.readBigUInt64LE(offset + field.ino)}`;
  }

  inodeNumber(index: number): number {
    return Number(this.bytes.readBigUInt64LE(this.offset(index) + field.ino));
  }

  /** The later of the times of content and status, in milliseconds since the epoch. */
  changedMs(index: number): number {
    const offset = this.offset(index);
    const changed = Number(this.bytes.readBigInt64LE(offset + field.ctimeSec)) * 1000 + this.bytes.readUInt32LE(offset + field.ctimeNsec) / 1e6;
    const modified = Number(this.bytes.readBigInt64LE(offset + field.mtimeSec)) * 1000 + this.bytes.readUInt32LE(offset + field.mtimeNsec) / 1e6;
    return Math.max(changed, modified);
  }

  /** The path as latin1. */
  path(index: number): string {
    return this.bytes.toString('latin1', ...this.#pathRange(index));
  }

  pathBytes(index: number): Buffer {
    return this.bytes.subarray(...this.#pathRange(index));
  }

  comparePath(index: number, other: TreeTable, otherIndex: number): number {
    const [start, end] = this.#pathRange(index);
    const [otherStart, otherEnd] = other.#pathRange(otherIndex);
    return this.bytes.compare(other.bytes, otherStart, otherEnd, start, end);
  }

  /** True where type, inode, size, mtime and ctime are the same: what a change of content or status moves, with the exceptions of docs/files.md. */
  sameStatus(index: number, other: TreeTable, otherIndex: number): boolean {
    const left = this.offset(index);
    const right = other.offset(otherIndex);
    const same = (from: number, to: number): boolean => this.bytes.compare(other.bytes, right + from, right + to, left + from, left + to) === 0;
    return this.bytes[left + field.type] === other.bytes[right + field.type] && same(field.dev, field.blocks) && same(field.mtimeSec, field.atimeSec);
  }

  entry(index: number): TreeEntry {
    const { bytes } = this;
    const at = this.offset(index);
    const u32 = (name: keyof typeof field): number => bytes.readUInt32LE(at + field[name]);
    const u64 = (name: keyof typeof field): bigint => bytes.readBigUInt64LE(at + field[name]);
    const time = (name: 'mtime' | 'ctime' | 'atime'): FileTime => ({
      seconds: bytes.readBigInt64LE(at + field[`${name}Sec`]),
      nanoseconds: u32(`${name}Nsec`),
    });
    const targetAt = at + field.path + u32('pathBytes');
    const xattrsAt = targetAt + u32('targetBytes');
    const extentsAt = xattrsAt + u32('xattrBytes');
    const isSparse = (bytes.readUInt16LE(at + field.flags) & entryFlag.sparse) !== 0;
    const extent = (number: number): { offset: number; length: number } => ({
      offset: Number(bytes.readBigUInt64LE(extentsAt + number * extentBytes)),
      length: Number(bytes.readBigUInt64LE(extentsAt + number * extentBytes + 8)),
    });
    return {
      path: this.path(index),
      type: this.type(index),
      mode: u32('mode'),
      uid: u32('uid'),
      gid: u32('gid'),
      nlink: u32('nlink'),
      rdevMajor: u32('rdevMajor'),
      rdevMinor: u32('rdevMinor'),
      dev: u64('dev'),
      ino: u64('ino'),
      sizeBytes: Number(u64('size')),
      mtime: time('mtime'),
      ctime: time('ctime'),
      atime: time('atime'),
      target: bytes.subarray(targetAt, xattrsAt),
      xattrs: bytes.subarray(xattrsAt, extentsAt),
      extents: isSparse ? Array.from({ length: u32('extentCount') }, (_, number) => extent(number)) : undefined,
    };
  }

  #pathRange(index: number): [number, number] {
    const start = this.offset(index) + field.path;
    return [start, start + this.bytes.readUInt32LE(start - field.path + field.pathBytes)];
  }
}

function entryTypeOf(letter: number | undefined): EntryType {
  const type = letter === undefined ? undefined : entryTypes.get(letter);
  if (type === undefined) throw new RangeError(`no entry is of type ${letter}`);
  return type;
}

interface Frames {
  readonly offsets: Float64Array;
  readonly barriers: readonly TreeBarrier[];
  readonly unreadable: readonly UnreadableEntry[];
}

function readFrames(bytes: Buffer, name: string): Frames {
  if (bytes.length < treeHeaderBytes || bytes.toString('latin1', 0, 8) !== treeMagic) throw corrupt(name, 'it does not begin as version 1 does');
  const announced = bytes.readBigUInt64LE(32);
  if (announced > BigInt(bytes.length)) throw corrupt(name, 'it announces more records than it has bytes');
  const offsets = new Float64Array(Number(announced));
  const barriers: TreeBarrier[] = [];
  const unreadable: UnreadableEntry[] = [];
  let entries = 0;
  let seen = 0;
  for (let at = treeHeaderBytes; ; ) {
    if (bytes.length - at < field.path) throw corrupt(name, 'it ends early');
    const end = at + 4 + bytes.readUInt32LE(at);
    const kind = bytes[at + field.kind];
    if (kind === recordKind.end) {
      if (end !== bytes.length || BigInt(seen) !== announced) throw corrupt(name, 'records are missing or too many');
      return { offsets: offsets.subarray(0, entries), barriers, unreadable };
    }
    const pathEnd = at + field.path + bytes.readUInt32LE(at + field.pathBytes);
    const extents = bytes.readUInt32LE(at + field.extentCount) * extentBytes;
    const parts = pathEnd + bytes.readUInt32LE(at + field.targetBytes) + bytes.readUInt32LE(at + field.xattrBytes) + extents;
    if (end > bytes.length || parts !== end || seen >= Number(announced)) throw corrupt(name, `record ${seen} is not whole`);
    const type = bytes[at + field.type] ?? 0;
    const path = (): string => bytes.toString('latin1', at + field.path, pathEnd);
    if (kind === recordKind.entry && entryTypes.has(type)) offsets[entries++] = at;
    else if (kind === recordKind.barrier) {
      const isDirectory = (bytes.readUInt16LE(at + field.flags) & entryFlag.directory) !== 0;
      barriers.push({ path: path(), reason: type === 0x78 ? 'x' : 'm', isDirectory });
    } else if (kind === recordKind.unreadable) unreadable.push({ path: path(), errno: bytes.readUInt32LE(at + field.error) });
    else throw corrupt(name, `record ${seen} is of an unknown kind`);
    seen += 1;
    at = end;
  }
}

function corrupt(name: string, why: string): HoldfastError {
  return new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `the file table ${name} cannot be read: ${why}`,
    kind: 'corrupt',
    operation: 'files.table',
    hint: 'holdfast verify names what is damaged; the snapshot before may be whole',
  });
}
