import type { FileTime, TreeEntry } from '../files/tree-entry.js';
import { memberNames, numbered } from './archive-format.js';
import type { PaxFields } from './pax-records.js';
import type { TarMember, TarType } from './tar-header.js';

export interface FileMemberOptions {
  readonly rootId: string;
  readonly entry: TreeEntry;
  /** The member's number, by which the import knows it. */
  readonly number: number;
  /** Where the entry is a further name of a file: the path in the archive of the first one. */
  readonly linkPath?: Buffer | undefined;
  /** The body begins with the map of a file with holes. */
  readonly isSparse: boolean;
  readonly bodyBytes: number;
}

const types: Readonly<Record<TreeEntry['type'], TarType | undefined>> = {
  f: 'File',
  d: 'Directory',
  l: 'SymbolicLink',
  p: 'FIFO',
  c: 'CharacterDevice',
  b: 'BlockDevice',
  // No tar file has any.
  s: undefined,
};

/** A tracked file as every tar program restores it. Undefined for a socket. What is lost here, the tree tables keep. */
export function fileMember({ rootId, entry, number, linkPath, isSparse, bodyBytes }: FileMemberOptions): TarMember | undefined {
  const type = linkPath === undefined ? types[entry.type] : 'Link';
  if (type === undefined) return undefined;
  const path = archivePath(rootId, entry.path);
  const target = linkPath ?? (entry.type === 'l' ? entry.target : undefined);
  const fields: PaxFields = [
    ...(isAscii(path) && (target === undefined || isAscii(target)) ? [] : ([['hdrcharset', 'BINARY']] as const)),
    ...(isSparse ? sparseFields(path, entry.sizeBytes) : ([['path', path]] as const)),
    ...(target === undefined ? [] : ([['linkpath', target]] as const)),
    ['mtime', paxTime(entry.mtime)],
    ['atime', paxTime(entry.atime)],
    ['uid', String(entry.uid)],
    ['gid', String(entry.gid)],
    ...attributeFields(entry.xattrs),
  ];
  return {
    name: numbered(memberNames.content, number),
    type,
    sizeBytes: bodyBytes,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtimeSeconds: clampedSeconds(entry.mtime),
    devMajor: entry.rdevMajor,
    devMinor: entry.rdevMinor,
    pax: fields,
  };
}

/** Bytes of a tracked file's path in the archive; `path` is latin1. */
export function archivePath(rootId: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${memberNames.files}${rootId}`), Buffer.from(path === '' ? '' : `/${path}`, 'latin1')]);
}

function sparseFields(path: Buffer, sizeBytes: number): PaxFields {
  return [
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', path],
    ['GNU.sparse.realsize', String(sizeBytes)],
  ];
}

/**
 * As GNU tar and Go write them. A value with a newline is written as bsdtar does, in base 64: some readers take a header apart by lines. A name
 * that no header can hold is left to the tree table.
 */
function attributeFields(xattrs: Uint8Array): PaxFields {
  const bytes = Buffer.from(xattrs.buffer, xattrs.byteOffset, xattrs.byteLength);
  const fields: [string, string | Uint8Array][] = [];
  for (let at = 0; at < bytes.length; ) {
    const [nameBytes, valueBytes] = [bytes.readUInt16LE(at), bytes.readUInt32LE(at + 2)];
    const name = bytes.toString('latin1', at + 6, at + 6 + nameBytes);
    at += 6 + nameBytes + valueBytes;
    const value = bytes.subarray(at - valueBytes, at);
    if (!/^[!-<>-~]+$/u.test(name)) continue;
    if (value.includes(0x0a)) fields.push([`LIBARCHIVE.xattr.${encodeURIComponent(name)}`, value.toString('base64').replace(/=+$/u, '')]);
    else fields.push([`SCHILY.xattr.${name}`, value]);
  }
  return fields;
}

/** Seconds before 1970 count backwards, and so do their parts. */
function paxTime({ seconds, nanoseconds }: FileTime): string {
  const total = seconds * 1_000_000_000n + BigInt(nanoseconds);
  const size = total < 0n ? -total : total;
  return `${total < 0n ? '-' : ''}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, '0')}`;
}

const latestSeconds = 0o77777777777n;

function clampedSeconds({ seconds }: FileTime): number {
  return seconds < 0n ? 0 : Number(seconds > latestSeconds ? latestSeconds : seconds);
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}
