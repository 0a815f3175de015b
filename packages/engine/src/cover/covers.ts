import { stat } from 'node:fs/promises';
import type { Logger } from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import { helperEnvironment } from '../container/runc.js';
import type { EngineTools } from '../container/tools.js';
import type { DumpStats } from '../images/dump-stats.js';
import { type CoverMeans, findCoverMeans } from './cover-means.js';
import { mostUnreadableBytes, unreadableBytesOf } from './unreadable-memory.js';

/** Why CRIU looked at every page although the memory is read from twins. */
export type NoCoverReason =
  /** The setting asks for it. */
  | 'off'
  /** CRIU cannot be brought to pass over memory on this machine. */
  | 'criu'
  /** A dump with a covering parent failed. */
  | 'dump'
  /** The job holds much that nobody may read: CRIU would write that into the images. */
  | 'unreadable'
  /** CRIU wrote memory all the same. */
  | 'wrote-memory';

export interface CoverChoice {
  readonly means: CoverMeans | undefined;
  readonly refused: NoCoverReason | undefined;
}

export interface CoversOptions {
  readonly setting: 'auto' | 'off';
  readonly find: (signal: AbortSignal) => Promise<CoverMeans>;
  /** Says which CRIU it is: what was found of another one is worth nothing. */
  readonly identify: () => Promise<string>;
  /** What the job holds where it may not read. */
  readonly unreadableBytes: () => Promise<number>;
  readonly logger: Logger;
}

/** Snapshots that go without once one was refused. */
const pause = 8;
/** What CRIU may write of its own accord: pages that a process may not read, huge ones, those that it marked itself. */
const mostWrittenPages = 4096;

/** Whether the dumps of one job have a covering parent, which spares CRIU the look at its memory. */
export class Covers {
  readonly #options: CoversOptions;
  #found: { readonly criu: string; readonly means: CoverMeans } | undefined;
  #paused = 0;
  #refused: NoCoverReason | undefined;

  constructor(options: CoversOptions) {
    this.#options = options;
  }

  /** While the job runs. Rejects with the signal's reason alone. */
  async choose(signal: AbortSignal): Promise<CoverChoice> {
    const { setting, find, identify, unreadableBytes } = this.#options;
    if (setting === 'off') return without('off');
    if (this.#paused > 0) {
      this.#paused -= 1;
      return without(this.#refused ?? 'dump');
    }
    if ((await unreadableBytes()) > mostUnreadableBytes) return without('unreadable');
    try {
      const criu = await identify();
      if (this.#found?.criu !== criu) this.#found = { criu, means: await find(signal) };
      return { means: this.#found.means, refused: undefined };
    } catch (error) {
      signal.throwIfAborted();
      this.refuse('criu', error);
      return without('criu');
    }
  }

  /** The next dumps go without; after some the means are looked for anew. */
  refuse(reason: NoCoverReason, cause?: unknown): void {
    this.#found = undefined;
    this.#paused = pause;
    this.#refused = reason;
    this.#options.logger.debug({ reason, cause: cause instanceof Error ? cause.message : undefined }, 'dumps go without a covering parent');
  }

  /** By CRIU's own account of a dump that had one. What it wrote is right; only time was lost, and room in staging. */
  judge(stats: DumpStats | undefined): void {
    if (stats !== undefined && stats.pagesWritten > Math.max(mostWrittenPages, stats.pagesSkipped)) this.refuse('wrote-memory');
  }
}

/** `folder`: on a tmpfs. */
export function coversOf(
  container: Pick<RunningContainer, 'id' | 'processes'>,
  tools: Pick<EngineTools, 'criu' | 'guard'>,
  { setting, folder, logger }: Pick<CoversOptions, 'setting' | 'logger'> & { readonly folder: string },
): Covers {
  const environment = helperEnvironment({ tools }, container.id);
  return new Covers({
    setting,
    logger,
    find: (signal) => findCoverMeans({ tools, environment, folder, signal }),
    unreadableBytes: async () => unreadableBytesOf(await container.processes()),
    identify: async () => {
      const { dev, ino, size, mtimeMs } = await stat(tools.criu);
      return [dev, ino, size, mtimeMs].join('-');
    },
  });
}

function without(refused: NoCoverReason): CoverChoice {
  return { means: undefined, refused };
}
