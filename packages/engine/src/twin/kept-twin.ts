import type { PageRun } from '@holdfast/core';
import type { TwinHelper } from '@holdfast/twin';
import type { ForkedTwins } from './forked-twins.js';
import { twinRefusalOf } from './refused.js';

/** What the twin of the snapshot before tells of the one being taken. */
export interface ComparedMemory {
  /** By page map, what has not changed since then. */
  readonly unchanged: ReadonlyMap<string, readonly PageRun[]>;
  /** The snapshot whose twin tells it. */
  readonly changedFrom: number | undefined;
  /** Why none does, where twins are to be kept and the attempt has a snapshot: see docs/container.md. */
  readonly keptTwinRefused: string | undefined;
}

/** The twins of a committed snapshot, or why there are none of it. */
export class KeptTwin {
  #kept: { readonly snapshot: number; readonly twins: ForkedTwins } | undefined;
  #refused: string | undefined;

  /** `shortage`: what there is too little of to keep them. Those that are not kept are ended. Never rejects. */
  async keep(snapshot: number, twins: ForkedTwins | undefined, shortage: string | undefined): Promise<void> {
    if (twins === undefined) this.#refused = 'no-twin';
    else if (shortage === undefined && twins.isKept) this.#kept = { snapshot, twins };
    else {
      this.#refused = shortage ?? lossOf(twins);
      await twins.drop();
    }
  }

  has(twins: ForkedTwins | undefined): boolean {
    return twins !== undefined && this.#kept?.twins === twins;
  }

  /** Compares the kept twins with the frozen job where their snapshot is `parent`, and ends them. Never rejects: nothing is known to be unchanged then. */
  async take(parent: number | undefined, changedPages: TwinHelper['changedPages'] | undefined): Promise<ComparedMemory> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept === undefined) return nothingKnown(this.#refused);
    // Until the next one is committed.
    this.#refused = 'failed';
    try {
      const { snapshot, twins } = kept;
      if (!twins.isKept || changedPages === undefined) return nothingKnown(lossOf(twins));
      if (snapshot !== parent) return nothingKnown('failed');
      const unchanged = await twins.unchanged(changedPages);
      return twins.isKept ? { unchanged, changedFrom: snapshot, keptTwinRefused: undefined } : nothingKnown(lossOf(twins));
    } finally {
      await kept.twins.drop({ frozen: true });
    }
  }

  async drop(): Promise<void> {
    await this.#kept?.twins.drop();
    this.#kept = undefined;
  }
}

function lossOf({ lost }: ForkedTwins): string {
  return twinRefusalOf(lost.reason) ?? 'lost';
}

function nothingKnown(keptTwinRefused: string | undefined): ComparedMemory {
  return { unchanged: new Map(), changedFrom: undefined, keptTwinRefused };
}
