import { type ErrorKind, HoldfastError } from '@holdfast/core';

/** Bytes that are not what the exporter wrote. */
export function archiveCorrupt(reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_ARCHIVE_CORRUPT', {
    message: `the archive is damaged: ${reason}`,
    kind: 'corrupt',
    operation: 'import',
    hint: 'nothing was imported; copy the archive again, or export the snapshot once more',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function archiveForeign(reason: string): HoldfastError {
  return new HoldfastError('HF_ARCHIVE_FOREIGN', {
    message: `this is no archive of holdfast export: ${reason}`,
    kind: 'invalid-argument',
    operation: 'import',
    hint: 'give the file that holdfast export wrote; a compressed one is unpacked first: zstd -dc FILE.tar.zst | holdfast import - --job NAME',
  });
}

/** What `podman container checkpoint --export` and CRI-O write: the same layout without Holdfast's own members. */
export function archiveOfContainer(): HoldfastError {
  return new HoldfastError('HF_ARCHIVE_FOREIGN', {
    message: "this is a container's checkpoint, as Podman writes it: it has a config.dump and no holdfast/manifest.json",
    kind: 'invalid-argument',
    operation: 'import',
    hint: 'restore it with podman container restore --import FILE; holdfast import takes what holdfast export wrote',
  });
}

const kinds: Readonly<Record<string, ErrorKind>> = {
  ENOENT: 'not-found',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EACCES: 'permission',
  EPERM: 'permission',
  EROFS: 'permission',
  EISDIR: 'invalid-argument',
  ENOTDIR: 'invalid-argument',
  EEXIST: 'invalid-argument',
};

/** What Node adds to what the operating system says: its call, and the name of a file that may be there for a moment only. */
const ofCall = /, \w+( '.*')?$/su;

/** The place of an archive that is to be written: no folder, or not yet. */
export function archiveFolderMissing(path: string, folder: string, cause: unknown): HoldfastError {
  const isOther = cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR';
  return new HoldfastError('HF_ARCHIVE_IO', {
    message: `the archive ${path} cannot be written: ${isOther ? `a part of ${folder} is a file, and no folder` : `there is no folder ${folder}`}`,
    kind: isOther ? 'invalid-argument' : 'not-found',
    operation: 'export',
    context: { path, folder },
    hint: isOther ? 'name a file in a folder that is there' : `make it first: mkdir -p ${folder}; or name a file in a folder that is there`,
    cause,
  });
}

/** What the operating system said about the archive's file or stream. */
export function archiveIo(doing: 'read' | 'written', path: string, cause: unknown): HoldfastError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return new HoldfastError('HF_ARCHIVE_IO', {
    message: `the archive ${path} cannot be ${doing}: ${cause instanceof Error ? cause.message.replace(ofCall, '') : String(cause)}`,
    kind: kinds[code ?? ''] ?? 'unavailable',
    operation: doing === 'read' ? 'import' : 'export',
    context: { path, ...(code === undefined ? {} : { errno: code }) },
    hint:
      doing === 'read'
        ? 'name a file that can be read, or - for the standard input'
        : 'name a place with enough space that can be written, or - for the standard output',
    cause,
  });
}
