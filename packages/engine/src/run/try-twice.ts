import { dumpFailureIn, twinRefusalOf } from '../twin/refused.js';
import { isAboutToEnd } from './about-to-end.js';
import type { RunContext } from './run-context.js';

type Tried = Pick<RunContext, 'memory' | 'signal' | 'emit'> & {
  readonly container: Pick<RunContext['container'], 'initPid'>;
  readonly twins: Pick<RunContext['twins'], 'note'>;
  readonly covers: Pick<RunContext['covers'], 'refuse'>;
};

/**
 * Where a snapshot fails of its memory being read from twins, it is taken a second time, told why there are to be no twins. Where the setting insists on twins
 * only a failure of the cover is a reason for that, and there are twins then; a dump that failed otherwise is told as what it is. A job that is on its way out
 * is not frozen again.
 */
export async function tryTwice<Taken>(
  { memory, signal, emit, container, twins, covers }: Tried,
  attempt: (refused: string | undefined) => Promise<Taken>,
  isEnding: typeof isAboutToEnd = isAboutToEnd,
): Promise<Taken> {
  try {
    return await attempt(undefined);
  } catch (error) {
    const reason = twinRefusalOf(error);
    const over = reason === undefined || signal.aborted || (memory === 'twin' && reason !== 'cover');
    if (over || (await isEnding(container.initPid, signal))) throw memory === 'twin' ? dumpFailureIn(error) : error;
    if (reason === 'cover') covers.refuse('dump', error);
    // Without a cover there may be twins all the same.
    if (memory === 'twin') return await attempt(undefined).catch((again: unknown) => Promise.reject(dumpFailureIn(again)));
    twins.note(error);
    emit({ type: 'snapshot.without-twin', reason, message: error instanceof Error ? error.message : reason });
    return await attempt(reason);
  }
}
