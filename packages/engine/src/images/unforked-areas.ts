import type { PageRun } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';
import { areaFields, mmFields, mmMagic } from './mm.js';

/** CRIU notes them as bits, by the numbers of madvise(2). */
const [dontFork, wipeOnFork] = [10, 18];

/** Where a process has memory that its forks do not have, or have empty; ascending. Decodes `mm-PID.img`. Throws with kind `corrupt`. */
export function decodeUnforkedAreas(bytes: Uint8Array, name: string): readonly PageRun[] {
  const [message] = messagesOf(bytes, name, mmMagic);
  if (message === undefined) throw damaged(name, 'it is empty');
  const areas = decodeFields(message, name).repeated.get(mmFields.areas) ?? [];
  return areas.flatMap((area) => {
    const { numbers } = decodeFields(area, name);
    const advice = BigInt(numbers.get(areaFields.advice) ?? 0);
    if ((advice & ((1n << BigInt(dontFork)) | (1n << BigInt(wipeOnFork)))) === 0n) return [];
    const [start, end] = [numbers.get(areaFields.start) ?? Number.NaN, numbers.get(areaFields.end) ?? Number.NaN];
    const run = { firstPage: start / pageSizeBytes, pageCount: (end - start) / pageSizeBytes };
    if (!(Number.isInteger(run.firstPage) && Number.isInteger(run.pageCount) && run.pageCount > 0))
      throw damaged(name, `it has an area from ${start} to ${end}`);
    return [run];
  });
}
