import { type CheckpointWriter, isHoldfastError } from '@holdfast/core';
import type { MemorySource } from '../images/memory-source.js';
import { noTwin } from '../twin/refused.js';
import type { KeptImages } from './kept-images.js';
import { putMemory } from './put-memory.js';
import type { RunContext } from './run-context.js';

/** Stores the memory of a capture; resolves with how many bytes of it were known to be as before, and not read. Where it is lost meanwhile, this rejects with the reason of `lost`. */
export async function putCaptured(
  { signal, emit, clock }: Pick<RunContext, 'signal' | 'emit' | 'clock'>,
  writer: Pick<CheckpointWriter, 'put'>,
  source: MemorySource,
  before: KeptImages,
  lost: AbortSignal | undefined,
): Promise<number> {
  const either = lost === undefined ? signal : AbortSignal.any([signal, lost]);
  let unreadBytes: number;
  try {
    unreadBytes = await putMemory(writer, source, before, { signal: either, emit, clock });
  } catch (error) {
    if (lost === undefined || signal.aborted) throw error;
    if (lost.aborted) throw lost.reason;
    // Memory of a process that is gone is a file that ends too early.
    throw isHoldfastError(error) && error.code === 'HF_FILE_CHANGED'
      ? noTwin('lost', 'a copy of the job was gone before all of it was read', error)
      : error;
  }
  if (lost?.aborted === true) throw lost.reason;
  return unreadBytes;
}
