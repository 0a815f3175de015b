import { Header } from 'tar/header';
import { archiveCorrupt } from './archive-errors.js';
import { encodePax, type PaxFields } from './pax-records.js';

export const tarBlockBytes = 512;

export type TarType = 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'CharacterDevice' | 'BlockDevice';

/** One member of an archive. */
export interface TarMember {
  /** ASCII, short enough for a plain header: what this program goes by. */
  readonly name: string;
  readonly type: TarType;
  /** Of the body that follows. */
  readonly sizeBytes: number;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Whole seconds; the exact time is a field below. */
  readonly mtimeSeconds: number;
  readonly devMajor?: number;
  readonly devMinor?: number;
  /** What other programs see instead: the path in bytes, times to the nanosecond, attributes. */
  readonly pax?: PaxFields;
}

/** The blocks that stand before a member's body. */
export function encodeTarHeader(member: TarMember): Buffer {
  const { pax = [] } = member;
  if (pax.length === 0) return encodeBlock(member, member.type);
  const fields = encodePax(pax);
  const extended = encodeBlock({ name: 'holdfast/pax', sizeBytes: fields.length, mode: 0o600, mtimeSeconds: 0 }, 'ExtendedHeader');
  return Buffer.concat([extended, fields, Buffer.alloc(paddingBytes(fields.length)), encodeBlock(member, member.type)]);
}

/** Zeros after a body of this size. */
export function paddingBytes(sizeBytes: number): number {
  return (tarBlockBytes - (sizeBytes % tarBlockBytes)) % tarBlockBytes;
}

function encodeBlock(member: Omit<TarMember, 'type'>, type: TarType | 'ExtendedHeader'): Buffer {
  const header = new Header({
    path: member.name,
    type,
    size: member.sizeBytes,
    mode: member.mode,
    uid: member.uid ?? 0,
    gid: member.gid ?? 0,
    mtime: new Date(member.mtimeSeconds * 1000),
    devmaj: member.devMajor ?? 0,
    devmin: member.devMinor ?? 0,
  });
  const block = Buffer.alloc(tarBlockBytes);
  header.encode(block);
  return block;
}

export interface TarHeader {
  readonly name: string;
  /** As the tar library names it. */
  readonly type: string;
  readonly sizeBytes: number;
}

/** Undefined for a block of zeros, which ends an archive. Throws HF_ARCHIVE_CORRUPT where the block is no header. */
export function decodeTarHeader(block: Buffer): TarHeader | undefined {
  const header = decoded(block);
  if (header.nullBlock) return undefined;
  const { path, type, size } = header;
  if (!header.cksumValid || path === undefined || path === '' || size === undefined || !Number.isSafeInteger(size))
    throw archiveCorrupt('a member does not begin with a header');
  return { name: path, type, sizeBytes: size };
}

function decoded(block: Buffer): Header {
  try {
    return new Header(block);
  } catch (error) {
    throw archiveCorrupt('a number in a header is too large', error);
  }
}
