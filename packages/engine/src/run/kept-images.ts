import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger, ObjectInput } from '@holdfast/core';
import { StagedImages } from '../images/staged-images.js';
import { asHoldfastError } from './as-holdfast-error.js';
import { type Room, roomForDump, systemRoom } from './room.js';

/** Where an object's pages of the last committed snapshot lie. */
export type PreviousPages = Pick<ObjectInput, 'source' | 'extents'>;

export interface KeptPlace {
  /** The folder of a staged snapshot; its images are in `images` below it. */
  readonly folder: string;
  readonly kind: 'memory' | 'disk';
}

interface Kept {
  readonly kind: 'memory' | 'disk';
  /** What still is there of the place once the folder is gone. */
  readonly parent: string;
  readonly sizeBytes: number;
  readonly pages: ReadonlyMap<string, PreviousPages>;
  readonly files: readonly FileHandle[];
}

const watchMs = 2_000;

/**
 * The staged memory of the last committed snapshot, kept so that the next one can be stored as the difference to it. It is there only while another dump
 * of its size clearly fits beside it, so that nothing else on the machine goes short for its sake; and it has no names any more, so that it is gone with
 * this process, however that ends.
 */
export class KeptImages implements AsyncDisposable {
  readonly #logger: Logger;
  #kept: Kept | undefined;
  #watch: NodeJS.Timeout | undefined;
  readonly #room: Room;

  constructor(logger: Logger, room: Room = systemRoom) {
    this.#logger = logger;
    this.#room = room;
  }

  /** By the object's key; empty where nothing is kept. */
  get pages(): ReadonlyMap<string, PreviousPages> {
    return this.#kept?.pages ?? new Map();
  }

  /**
   * Takes over the images of a snapshot that was committed, in place of those before, and removes their folder. Never rejects: the snapshot is safe, and what
   * cannot be kept is let go.
   */
  async keep(place: KeptPlace): Promise<void> {
    try {
      await this.drop();
      const kept = await openImages(place);
      this.#kept = kept;
      if (!(await this.#hasRoom(kept))) await this.drop();
      else this.#watch = setInterval(() => void this.#look(kept), watchMs).unref();
    } catch (error) {
      this.#logger.debug({ error: asHoldfastError(error).message }, 'the images of the snapshot are not kept for the next one');
    }
    await rm(place.folder, { recursive: true, force: true }).catch(() => undefined);
  }

  /** Makes room where a dump of so many bytes would not fit in memory beside them. */
  async makeRoomFor(expectedBytes: number): Promise<void> {
    if (this.#kept?.kind !== 'memory') return;
    const wanted = roomForDump(expectedBytes);
    // The tmpfs has a size of its own, of which they take their part.
    if (this.#room.memoryBytes() <= wanted || (await this.#room.freeBytes(this.#kept.parent)) <= wanted) await this.drop();
  }

  async drop(): Promise<void> {
    clearInterval(this.#watch);
    const files = this.#kept?.files ?? [];
    this.#kept = undefined;
    for (const file of files) await file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop().catch(() => undefined);
  }

  async #look(kept: Kept): Promise<void> {
    if (this.#kept !== kept || (await this.#hasRoom(kept))) return;
    if (this.#kept === kept) await this.drop().catch(() => undefined);
  }

  async #hasRoom({ kind, parent, sizeBytes }: Kept): Promise<boolean> {
    const free = kind === 'memory' ? this.#room.memoryBytes() : await this.#room.freeBytes(parent);
    return free > roomForDump(sizeBytes);
  }
}

async function openImages({ folder, kind }: KeptPlace): Promise<Kept> {
  const memory = (await new StagedImages(join(folder, 'images')).objects()).filter((object) => object.kind === 'memory');
  const pages = new Map<string, PreviousPages>();
  const files: FileHandle[] = [];
  try {
    for (const { key, source, extents } of memory) {
      if (source.kind !== 'path') continue;
      const file = await open(Buffer.from(source.path), 'r');
      files.push(file);
      // The repository's process opens it by this.
      pages.set(key, { source: { kind: 'path', path: `/proc/${process.pid}/fd/${file.fd}` }, extents });
    }
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
  return { kind, parent: dirname(folder), sizeBytes: memory.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), pages, files };
}
