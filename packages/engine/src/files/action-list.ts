import type { TreeEntry } from './tree-entry.js';

/** Actions for `holdfast-tree apply`, in the order they are added. Paths are latin1, roots numbers of the tool's arguments; docs/files.md has the format. */
export class ActionList {
  readonly #parts: Buffer[] = [];

  get count(): number {
    return this.#parts.length;
  }

  /** Moves to `to`, or to `to~2` and so on where that is taken. A path that is not there is passed over. */
  moveAside(root: number, path: string, to: string): void {
    this.#add('M', root, text(path), text(to));
  }

  makeDirectory(root: number, path: string): void {
    this.#add('D', root, text(path));
  }

  /** Renames a rebuilt file to a path that must be free. */
  place(root: number, from: string, path: string): void {
    this.#add('P', root, text(path), text(from));
  }

  /**
   * Gives the file with this inode number and so many names the content of a rebuilt one, after a copy of it went to `saved`; a file of another number,
   * or with another count of names, is moved there and replaced.
   */
  overwrite(root: number, from: string, path: string, saved: string, { ino, links }: { readonly ino: bigint; readonly links: number }): void {
    const numbers = Buffer.alloc(16);
    numbers.writeBigUInt64LE(ino);
    numbers.writeBigUInt64LE(BigInt(links), 8);
    this.#add('W', root, text(path), text(from), text(saved), numbers);
  }

  makeSymbolicLink(root: number, path: string, target: Uint8Array): void {
    this.#add('L', root, text(path), sized(target));
  }

  makeNode(root: number, { path, type, rdevMajor, rdevMinor }: TreeEntry): void {
    this.#add('N', root, text(path), Buffer.from(type), u32(rdevMajor), u32(rdevMinor));
  }

  makeHardLink(fromRoot: number, from: string, root: number, path: string): void {
    this.#add('H', root, text(path), Buffer.from([fromRoot]), text(from));
  }

  /** Sets owner, attributes, mode and times where they differ. */
  setMetadata(root: number, entry: TreeEntry): void {
    const { path, type, mode, uid, gid, atime, mtime, xattrs } = entry;
    const times = Buffer.alloc(24);
    for (const [number, time] of [atime, mtime].entries()) {
      times.writeBigInt64LE(time.seconds, number * 12);
      times.writeUInt32LE(time.nanoseconds, number * 12 + 8);
    }
    this.#add('T', root, text(path), Buffer.from(type), u32(mode), u32(uid), u32(gid), times, sized(xattrs));
  }

  removeEmptyDirectory(root: number, path: string): void {
    this.#add('R', root, text(path));
  }

  /** Only below Holdfast's own folder; the tool refuses everything else. */
  removeOwn(root: number, path: string): void {
    this.#add('X', root, text(path));
  }

  encode(): Buffer {
    return Buffer.concat([Buffer.from('HFACTS01'), u32(this.#parts.length), ...this.#parts]);
  }

  #add(action: string, root: number, ...rest: readonly Uint8Array[]): void {
    const bytes = rest.reduce((sum, { length }) => sum + length, 2);
    this.#parts.push(Buffer.concat([u32(bytes), Buffer.from(action), Buffer.from([root]), ...rest]));
  }
}

function u32(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([u32(bytes.length), bytes]);
}

function text(path: string): Buffer {
  return sized(Buffer.from(path, 'latin1'));
}
