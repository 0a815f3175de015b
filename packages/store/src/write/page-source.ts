import { readSync } from 'node:fs';
import type { ObjectInput, ObjectSource } from '@holdfast/core';
import { fileChanged } from '../errors.js';
import { printable } from '../files/explained-operations.js';
import type { FileOperations } from '../files/file-operations.js';
import { systemCode } from '../files/system-errors.js';
import { readFully } from '../files/whole-files.js';

/** Where bytes of an object are read from. */
export interface PageSource {
  /** Fills `target` from `position` on; rejects with HF_FILE_CHANGED where there is less. */
  fill(target: Buffer, position: number): Promise<void>;
  /** The same at once, for what lies on this machine: a thread that is asked to read takes longer than reading does. Undefined where that may block. */
  readonly fillNow?: ((target: Buffer, position: number) => void) | undefined;
  /** The open file, where `fillNow` reads from one: for other threads. */
  readonly descriptor?: number | undefined;
  close(): Promise<void>;
}

/** Opens all that an object's bytes are read from, in the order of their indexes. `local`: see openPageSource. */
export async function openPageSources(
  files: FileOperations,
  { source, furtherSources = [], key }: ObjectInput,
  local: boolean,
): Promise<PageSources> {
  const opened: PageSource[] = [];
  try {
    for (const one of [source, ...furtherSources]) opened.push(await openPageSource(files, one, key, local));
    return new PageSources(opened);
  } catch (error) {
    for (const one of opened) await one.close();
    throw error;
  }
}

export class PageSources {
  /** True where each of them can be read at once. */
  readonly readsNow: boolean;
  readonly #sources: readonly PageSource[];

  constructor(sources: readonly PageSource[]) {
    this.#sources = sources;
    this.readsNow = sources.every(({ fillNow }) => fillNow !== undefined);
  }

  at(index: number): PageSource {
    const source = this.#sources[index];
    if (source === undefined) throw new RangeError(`the object has no source ${index}`);
    return source;
  }

  async close(): Promise<void> {
    for (const source of this.#sources) await source.close();
  }
}

/** `local`: the source is on a file system of this machine that never waits for another one. */
async function openPageSource(files: FileOperations, source: ObjectSource, key: string, local: boolean): Promise<PageSource> {
  if (source.kind === 'bytes') return fromBytes(source.bytes, key);
  const name = printable(source.path);
  const file = await files.open(source.path, 'source').catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT' ? fileChanged(name, 1, 0) : error;
  });
  const descriptor = local ? file.descriptor : undefined;
  return {
    async fill(target, position) {
      const got = await readFully(file, target, position);
      if (got < target.length) throw fileChanged(name, position + target.length, position + got);
    },
    fillNow: descriptor === undefined ? undefined : fillNow(descriptor, name),
    descriptor,
    close: () => file.close(),
  };
}

function fillNow(descriptor: number, name: string): (target: Buffer, position: number) => void {
  return (target, position) => {
    for (let done = 0; done < target.length; ) {
      const got = readSync(descriptor, target, done, target.length - done, position + done);
      if (got <= 0) throw fileChanged(name, position + target.length, position + done);
      done += got;
    }
  };
}

function fromBytes(bytes: Uint8Array, key: string): PageSource {
  return {
    fill: (target, position) => {
      if (position + target.length > bytes.length)
        return Promise.reject(fileChanged(`object ${JSON.stringify(key)}`, position + target.length, bytes.length));
      target.set(bytes.subarray(position, position + target.length));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
