import { open, readFile } from 'node:fs/promises';
import {
  type CheckpointObject,
  type CheckpointReader,
  type CheckpointSummary,
  type CheckpointWriter,
  HoldfastError,
  type ObjectInput,
  pageSizeBytes,
} from '@holdfast/core';

interface StoredObject extends CheckpointObject {
  readonly pages: ReadonlyMap<number, Buffer>;
}

const summary: CheckpointSummary = {
  job: 'job',
  number: 1,
  epoch: 1,
  attempt: 'a',
  createdAt: '2026-01-01T00:00:00Z',
  logicalBytes: 0,
  storedBytes: 0,
  parent: undefined,
  eligible: true,
};

/** A snapshot in memory with the behaviour that the file capture relies on, and a log of the calls. */
export class MemoryCheckpoint {
  readonly objects: Map<string, StoredObject> = new Map();
  readonly puts: string[] = [];
  readonly kept: string[] = [];
  readonly dropped: string[] = [];
  /** Called before the source of a put is read. */
  beforePut: (key: string) => Promise<void> = async () => undefined;
  readonly #parent: MemoryCheckpoint | undefined;

  constructor(parent?: MemoryCheckpoint) {
    this.#parent = parent;
  }

  writer(): CheckpointWriter {
    return {
      ref: summary,
      put: async (object) => {
        this.puts.push(object.key);
        await this.beforePut(object.key);
        this.objects.set(object.key, { ...(await this.#load(object)) });
        return { changedPages: 0, unreadPages: 0 };
      },
      keep: async (key) => {
        const object = this.#parent?.objects.get(key);
        if (object === undefined) throw new HoldfastError('HF_USAGE', { message: `no ${key}`, kind: 'not-found' });
        this.kept.push(key);
        this.objects.set(key, object);
      },
      drop: async (key) => {
        this.dropped.push(key);
        this.objects.delete(key);
      },
      commit: async () => ({ outcome: 'committed', summary }),
      abort: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  reader(): CheckpointReader {
    const get = (key: string): StoredObject => {
      const object = this.objects.get(key);
      if (object === undefined) throw new HoldfastError('HF_USAGE', { message: `no ${key}`, kind: 'not-found' });
      return object;
    };
    return {
      summary,
      metadata: {},
      objects: [...this.objects.values()],
      read: async (key) => contentOf(get(key)),
      write: async (key, path) => {
        const object = get(key);
        await using file = await open(path, 'wx', 0o600);
        for (const [page, bytes] of object.pages)
          await file.write(bytes, 0, Math.min(bytes.length, object.sizeBytes - page * pageSizeBytes), page * pageSizeBytes);
        await file.truncate(object.sizeBytes);
      },
      matches: async (key, path) => contentOf(get(key)).equals(await readFile(typeof path === 'string' ? path : Buffer.from(path))),
      verify: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  async #load({ key, kind, sizeBytes, source, extents }: ObjectInput): Promise<StoredObject> {
    const bytes = source.kind === 'bytes' ? Buffer.from(source.bytes) : await readSource(source.path);
    if (bytes.length < sizeBytes) throw new HoldfastError('HF_FILE_CHANGED', { message: `${key} is shorter`, kind: 'conflict' });
    const pages = new Map<number, Buffer>();
    for (const { firstPage, pageCount, sourceOffset } of extents) {
      for (let page = 0; page < pageCount; page += 1) {
        const content = Buffer.alloc(pageSizeBytes);
        bytes.copy(content, 0, sourceOffset + page * pageSizeBytes, Math.min(sizeBytes, sourceOffset + (page + 1) * pageSizeBytes));
        pages.set(firstPage + page, content);
      }
    }
    return { key, kind, sizeBytes, runs: extents.map(({ firstPage, pageCount }) => ({ firstPage, pageCount })), pages };
  }
}

export function contentOf({ pages, sizeBytes }: StoredObject): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (const [page, content] of pages) content.copy(bytes, page * pageSizeBytes, 0, Math.min(pageSizeBytes, sizeBytes - page * pageSizeBytes));
  return bytes;
}

/** A source that is gone is one that changed, as the store has it. */
async function readSource(path: string | Uint8Array): Promise<Buffer> {
  try {
    return await readFile(typeof path === 'string' ? path : Buffer.from(path));
  } catch (error) {
    throw new HoldfastError('HF_FILE_CHANGED', { message: 'the source is gone', kind: 'conflict', cause: error });
  }
}
