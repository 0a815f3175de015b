import type { FileOperations, OpenFile } from './file-operations.js';
import { explainSystemError, systemCode } from './system-errors.js';

/** The same operations, with every failure explained (see explainSystemError); for a full storage the free bytes are asked for. */
export function explainedOperations(inner: FileOperations): FileOperations {
  const guard = async <T>(operation: string, path: string | Uint8Array, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const text = printable(path);
      throw explainSystemError(error, operation, text, await freeBytesIfFull(inner, error, text));
    }
  };
  const guardFile = (file: OpenFile, path: string | Uint8Array): OpenFile => ({
    descriptor: file.descriptor,
    read: (target, position) => guard('read', path, () => file.read(target, position)),
    write: (bytes, position) => guard('write', path, () => file.write(bytes, position)),
    truncate: (sizeBytes) => guard('resize', path, () => file.truncate(sizeBytes)),
    sync: (point) => guard('sync', path, () => file.sync(point)),
    info: () => guard('inspect', path, () => file.info()),
    close: () => guard('close', path, () => file.close()),
  });
  return {
    open: (path, access) => guard(access === 'create' ? 'create' : 'open', path, async () => guardFile(await inner.open(path, access), path)),
    syncDirectory: (path, point) => guard('sync', path, () => inner.syncDirectory(path, point)),
    rename: (from, to) => guard('rename', to, () => inner.rename(from, to)),
    link: (existing, created) => guard('create', created, () => inner.link(existing, created)),
    remove: (path) => guard('remove', path, () => inner.remove(path)),
    makeDirectory: (path) => guard('create', path, () => inner.makeDirectory(path)),
    removeDirectory: (path) => guard('remove', path, () => inner.removeDirectory(path)),
    inspect: (path) => guard('inspect', path, () => inner.inspect(path)),
    list: (path) => guard('list', path, () => inner.list(path)),
    freeBytes: (path) => guard('inspect', path, () => inner.freeBytes(path)),
  };
}

export function printable(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString('utf8');
}

async function freeBytesIfFull(inner: FileOperations, error: unknown, path: string): Promise<number | undefined> {
  if (systemCode(error) !== 'ENOSPC') return undefined;
  const directory = path.slice(0, Math.max(1, path.lastIndexOf('/')));
  return await inner.freeBytes(directory).catch(() => undefined);
}
