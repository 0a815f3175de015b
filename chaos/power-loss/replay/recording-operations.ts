import { basename, dirname } from 'node:path';
import type { FileOperations, OpenFile, SyncPoint } from '@holdfast/store/internal';
import type { Report } from '../reports.ts';
import { type Inode, type RecordedOperation, rootInode } from './recorded-operation.ts';

/** Writes down what is done to files below `root`. Syncs of the kind `omitFsync`, which the operations leave out, are left out here too. */
export class Recorder {
  readonly operations: RecordedOperation[] = [];
  readonly #inodes = new Map<string, Inode>();
  readonly #omitFsync: SyncPoint | undefined;
  #lastInode = rootInode;

  constructor(root: string, omitFsync: SyncPoint | undefined) {
    this.#inodes.set(root, rootInode);
    this.#omitFsync = omitFsync;
  }

  report(report: Report): void {
    this.operations.push({ kind: 'report', report });
  }

  /** The same operations, recorded once they have succeeded. */
  wrap(files: FileOperations): FileOperations {
    return {
      ...files,
      open: async (path, access) => {
        const file = await files.open(path, access);
        const text = Buffer.from(path).toString();
        if (access === 'create') this.operations.push({ kind: 'create', ...this.#place(text), inode: this.#add(text) });
        const inode = this.#inodes.get(text);
        return inode === undefined ? file : this.#wrapFile(file, inode);
      },
      syncDirectory: async (path, point) => {
        const startedAt = this.operations.length;
        await files.syncDirectory(path, point);
        if (point !== this.#omitFsync) this.operations.push({ kind: 'sync-directory', inode: this.#known(path), startedAt });
      },
      makeDirectory: async (path) => {
        await files.makeDirectory(path);
        this.operations.push({ kind: 'make-directory', ...this.#place(path), inode: this.#add(path) });
      },
      link: async (existing, created) => {
        await files.link(existing, created);
        const inode = this.#known(existing);
        this.#inodes.set(created, inode);
        this.operations.push({ kind: 'link', ...this.#place(created), inode });
      },
      remove: async (path) => {
        await files.remove(path);
        const text = Buffer.from(path).toString();
        this.operations.push({ kind: 'remove', ...this.#place(text) });
        this.#inodes.delete(text);
      },
      rename: async (from, to) => {
        await files.rename(from, to);
        const inode = this.#known(from);
        const { directory: fromDirectory, name: fromName } = this.#place(from);
        this.operations.push({ kind: 'rename', fromDirectory, fromName, ...this.#place(to), inode });
        this.#inodes.delete(from);
        this.#inodes.set(to, inode);
      },
    };
  }

  #wrapFile(file: OpenFile, inode: Inode): OpenFile {
    return {
      read: (target, position) => file.read(target, position),
      info: () => file.info(),
      close: () => file.close(),
      write: async (bytes, position) => {
        const taken = await file.write(bytes, position);
        this.operations.push({ kind: 'write', inode, position, bytes: bytes.slice(0, taken) });
        return taken;
      },
      truncate: async (sizeBytes) => {
        await file.truncate(sizeBytes);
        this.operations.push({ kind: 'truncate', inode, sizeBytes });
      },
      sync: async (point) => {
        const startedAt = this.operations.length;
        await file.sync(point);
        if (point !== this.#omitFsync) this.operations.push({ kind: 'sync-file', inode, startedAt });
      },
    };
  }

  #add(path: string): Inode {
    this.#lastInode += 1;
    this.#inodes.set(path, this.#lastInode);
    return this.#lastInode;
  }

  #known(path: string): Inode {
    const inode = this.#inodes.get(path);
    if (inode === undefined) throw new Error(`${path} was not made under this recorder`);
    return inode;
  }

  #place(path: string): { readonly directory: Inode; readonly name: string } {
    return { directory: this.#known(dirname(path)), name: basename(path) };
  }
}
