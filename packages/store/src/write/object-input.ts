import type { ObjectInput, SourceExtent } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { usage } from '../errors.js';
import { pageLimit } from '../manifest/object-columns.js';
import { keyLimitBytes } from '../manifest/page-map.js';

export interface CheckedObject extends ObjectInput {
  readonly pageCount: number;
  readonly runFirst: Float64Array;
  readonly runCount: Float64Array;
}

/** Refuses (HF_USAGE) what no object can be; joins extents that follow each other into runs. */
export function checkObject(input: ObjectInput): CheckedObject {
  const { key, kind, sizeBytes, extents, furtherSources = [] } = input;
  const sourceCount = 1 + furtherSources.length;
  if (Buffer.byteLength(key) > keyLimitBytes * 2 || key.length > keyLimitBytes || !key.isWellFormed())
    throw usage(
      `The object key ${JSON.stringify(key.slice(0, 64))} is longer than ${keyLimitBytes} characters or ${keyLimitBytes * 2} bytes, or not text`,
    );
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw usage(`The object ${JSON.stringify(key)} has the size ${sizeBytes}`);
  const [first, count]: [number[], number[]] = [[], []];
  let [end, pageCount] = [0, 0];
  for (const extent of extents) {
    if (!isExtent(extent, sourceCount) || extent.firstPage < end)
      throw usage(`The object ${JSON.stringify(key)} has the extent ${JSON.stringify(extent)}`, 'Extents are sorted and do not overlap');
    const last = first.length - 1;
    if (last >= 0 && extent.firstPage === end) count[last] = (count[last] ?? 0) + extent.pageCount;
    else [first[last + 1], count[last + 1]] = [extent.firstPage, extent.pageCount];
    end = extent.firstPage + extent.pageCount;
    pageCount += extent.pageCount;
  }
  const fits = kind === 'memory' ? sizeBytes === pageCount * pageSizeBytes : end <= Math.ceil(sizeBytes / pageSizeBytes);
  if (!fits || pageCount > pageLimit) throw usage(`The object ${JSON.stringify(key)} of ${sizeBytes} bytes cannot have these ${pageCount} pages`);
  return { ...input, pageCount, runFirst: Float64Array.from(first), runCount: Float64Array.from(count) };
}

function isExtent({ firstPage, pageCount, sourceOffset, sourceIndex = 0 }: SourceExtent, sourceCount: number): boolean {
  const whole = [firstPage, pageCount, sourceOffset, sourceIndex, firstPage + pageCount, sourceOffset + pageCount * pageSizeBytes].every(
    Number.isSafeInteger,
  );
  return whole && firstPage >= 0 && pageCount >= 1 && sourceOffset >= 0 && sourceIndex >= 0 && sourceIndex < sourceCount;
}
