import type { PageRun } from '@holdfast/core';
import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';
import { areaFields, areaRun, mmFields, mmMagic, statusBits } from './mm.js';

/** CRIU notes them as bits, by the numbers of madvise(2). */
const [dontFork, wipeOnFork] = [10, 18];

export interface UnforkedAreas {
  /** What forks do not have, or have empty; ascending. */
  readonly advised: readonly PageRun[];
  /** The kernel's code pages, in whose end a twin has the code that it was forked by. */
  readonly kernelCode: readonly PageRun[];
}

/** Where a process has memory that its twin does not have as it is. Decodes `mm-PID.img`. Throws with kind `corrupt`. */
export function decodeUnforkedAreas(bytes: Uint8Array, name: string): UnforkedAreas {
  const [message] = messagesOf(bytes, name, mmMagic);
  if (message === undefined) throw damaged(name, 'it is empty');
  const areas = (decodeFields(message, name).repeated.get(mmFields.areas) ?? []).map((area) => decodeFields(area, name).numbers);
  const where = (condition: (numbers: ReadonlyMap<number, number>) => boolean): readonly PageRun[] =>
    areas.filter(condition).map((numbers) => areaRun(numbers, name));
  return {
    advised: where((numbers) => (BigInt(numbers.get(areaFields.advice) ?? 0) & ((1n << BigInt(dontFork)) | (1n << BigInt(wipeOnFork)))) !== 0n),
    kernelCode: where((numbers) => ((numbers.get(areaFields.status) ?? 0) & statusBits.vdso) !== 0),
  };
}
