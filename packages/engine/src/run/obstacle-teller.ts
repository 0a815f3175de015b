import { setTimeout as delay } from 'node:timers/promises';
import type { RunningContainer } from '../container/running-container.js';
import { memoryMounts, memoryObstacle } from '../preflight/memory-mounts.js';
import { findObstacles, type Obstacle } from '../preflight/obstacles.js';
import type { RunEventBody } from './events.js';

type LookedAt = Pick<RunningContainer, 'initPid' | 'inMemory' | 'processes'>;

/** By then a program has opened what it works with. */
const firstLookMs = 5_000;

/** Says of a running job what will keep its snapshots from being taken, or makes their freeze long: soon after the start and before each snapshot, each thing once. */
export class ObstacleTeller {
  readonly #container: LookedAt;
  readonly #emit: (event: RunEventBody) => void;
  readonly #told = new Set<string>();

  constructor(container: LookedAt, emit: (event: RunEventBody) => void) {
    this.#container = container;
    this.#emit = emit;
  }

  /** Never rejects. */
  async soon(signal: AbortSignal): Promise<void> {
    await delay(firstLookMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (!signal.aborted) await this.look();
  }

  /** Resolves with one because of which no snapshot may be tried now. Never rejects: what is not found here is found by the snapshot. */
  async look(): Promise<Obstacle | undefined> {
    const { initPid, inMemory = [] } = this.#container;
    const found = await findObstacles(await this.#container.processes(), initPid).catch(() => []);
    const memory = memoryObstacle(await memoryMounts(initPid, inMemory).catch(() => []));
    for (const { kind, message, hint } of [...found, ...(memory === undefined ? [] : [memory])]) {
      if (this.#told.has(kind)) continue;
      this.#told.add(kind);
      this.#emit({ type: 'job.obstacle', message, hint });
    }
    return found.find(({ blocksFreeze }) => blocksFreeze);
  }
}
