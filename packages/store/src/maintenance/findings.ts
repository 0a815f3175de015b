import type { VerifyProblem } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import type { ReadingMemory } from '../read/reading-memory.js';

/** What the checks of one job add to. */
export interface Findings {
  readonly job: string;
  readonly problems: VerifyProblem[];
  /** One for everything that is read, one after the other. */
  readonly memory: ReadingMemory;
  snapshots: number;
  blocks: number;
  bytes: number;
  /** Throws when the caller gave up; tells the progress. */
  readonly advance: (bytes: number) => void;
}

/** Notes what the work rejects with as a problem of this file; an abort goes through. What `pruned` finds to be removed meanwhile is no problem. */
export async function noting<T>(
  findings: Findings,
  file: string,
  number: number | undefined,
  work: () => Promise<T>,
  pruned: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'aborted') throw error;
    if (await pruned()) return undefined;
    const code = isHoldfastError(error) ? error.code : 'HF_UNEXPECTED';
    const place = isHoldfastError(error) ? error.context['file'] : undefined;
    const problem = {
      job: findings.job,
      number,
      file: typeof place === 'string' ? place : file,
      code,
      message: error instanceof Error ? error.message : String(error),
    };
    findings.problems.push(problem);
    return undefined;
  }
}
