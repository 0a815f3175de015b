import { twinRefusalOf } from '../twin/refused.js';
import type { PreparedTwins } from '../twin/twins.js';
import type { AfterFreeze } from './freeze-job.js';
import type { RunContext } from './run-context.js';

export interface MemoryChoice {
  /** Undefined: CRIU stages the memory. */
  readonly twins: PreparedTwins | undefined;
  /** Why there are none. */
  readonly refused: string | undefined;
}

/**
 * What a snapshot's memory is to be read from. A job that does not run on after its snapshot gains nothing by a twin. Rejects with HF_TWIN_REFUSED where
 * the setting insists on a twin and there can be none.
 */
export async function chooseMemory(
  { memory, twins }: Pick<RunContext, 'memory' | 'twins'>,
  after: AfterFreeze,
  memoryBytes: number,
  refused: string | undefined,
): Promise<MemoryChoice> {
  if (memory === 'staged') return { twins: undefined, refused: 'off' };
  if (refused !== undefined) return { twins: undefined, refused };
  if (after !== 'thaw') return { twins: undefined, refused: 'stays-frozen' };
  try {
    return { twins: await twins.prepare(memoryBytes), refused: undefined };
  } catch (error) {
    const reason = twinRefusalOf(error);
    if (reason === undefined || memory === 'twin') throw error;
    return { twins: undefined, refused: reason };
  }
}
