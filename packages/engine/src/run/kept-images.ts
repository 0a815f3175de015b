import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger, ObjectInput } from '@holdfast/core';
import { StagedImages } from '../images/staged-images.js';
import { asHoldfastError } from './as-holdfast-error.js';
import { roomForDump } from './staging.js';

/** Where an object's pages of the last committed snapshot lie. */
export type PreviousPages = Pick<ObjectInput, 'source' | 'extents'>;

export interface KeptPlace {
  /** The folder of the staged snapshot; its images are in `images` below it. */
  readonly folder: string;
  readonly kind: 'memory' | 'disk';
}

interface Kept extends KeptPlace {
  readonly sizeBytes: number;
}

const watchMs = 2_000;

/**
 * The staged images of the last committed snapshot, kept so that the next one can be stored as the difference to them. They are there only while another
 * dump of their size clearly fits beside them: nothing else on the machine goes short of memory or disk for their sake.
 */
export class KeptImages implements AsyncDisposable {
  readonly #logger: Logger;
  #kept: Kept | undefined;
  #watch: NodeJS.Timeout | undefined;

  readonly #memoryBytes: () => number;

  /** `memoryBytes` tells what this machine, or this process's control group, has to spare. */
  constructor(logger: Logger, memoryBytes: () => number = () => process.availableMemory()) {
    this.#logger = logger;
    this.#memoryBytes = memoryBytes;
  }

  /** By the object's key; empty where nothing is kept. */
  async pages(): Promise<ReadonlyMap<string, PreviousPages>> {
    if (this.#kept === undefined) return new Map();
    try {
      const objects = await new StagedImages(join(this.#kept.folder, 'images')).objects();
      return new Map(objects.filter(({ kind }) => kind === 'memory').map(({ key, source, extents }) => [key, { source, extents }]));
    } catch (error) {
      this.#logger.debug({ error: asHoldfastError(error).message }, 'the images of the snapshot before are not used');
      return new Map();
    }
  }

  /** Takes over the images of a snapshot that was committed, in place of those before. */
  async keep(place: KeptPlace): Promise<void> {
    await this.drop();
    const kept = { ...place, sizeBytes: await sizeOf(join(place.folder, 'images')) };
    this.#kept = kept;
    if (!(await this.#hasRoom(kept))) return this.drop();
    this.#watch = setInterval(() => void this.#look(kept), watchMs).unref();
  }

  /** True for the folder whose images are kept. */
  has(folder: string): boolean {
    return this.#kept?.folder === folder;
  }

  /** Makes room where a dump of so many bytes would not fit in memory beside them. */
  async makeRoomFor(expectedBytes: number): Promise<void> {
    if (this.#kept?.kind === 'memory' && this.#memoryBytes() <= roomForDump(expectedBytes)) await this.drop();
  }

  async drop(): Promise<void> {
    clearInterval(this.#watch);
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) await rm(kept.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop().catch(() => undefined);
  }

  async #look(kept: Kept): Promise<void> {
    if (this.#kept !== kept || (await this.#hasRoom(kept).catch(() => true))) return;
    if (this.#kept === kept) await this.drop().catch(() => undefined);
  }

  async #hasRoom({ folder, kind, sizeBytes }: Kept): Promise<boolean> {
    if (kind === 'memory') return this.#memoryBytes() > roomForDump(sizeBytes);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize > roomForDump(sizeBytes);
  }
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
