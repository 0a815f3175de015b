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

/** What the operating system said about the archive's file or stream. */
export function archiveIo(doing: 'read' | 'written', path: string, cause: unknown): HoldfastError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return new HoldfastError('HF_ARCHIVE_IO', {
    message: `the archive ${path} cannot be ${doing}: ${cause instanceof Error ? cause.message : String(cause)}`,
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
