import { type ObjectLayout, pageSizeBytes } from '@holdfast/core';
import type { ObjectMap } from '../manifest/page-map.js';
import type { RebuiltPages } from './rebuild-object.js';

export interface PlacedBytes {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Bytes of the object in this layout. */
export function laidOutBytes(map: ObjectMap, layout: ObjectLayout): number {
  if (layout === 'sparse' && map.kind !== 'memory') return map.sizeBytes;
  if (layout === 'sparse') return endOfPages(map);
  return map.pageCount * pageSizeBytes - tailBytes(map);
}

/** Where rebuilt pages go; what lies past the end of a file is cut off. */
export function place(map: ObjectMap, layout: ObjectLayout, { firstPage, ordinal, bytes }: RebuiltPages): PlacedBytes {
  const there = map.kind === 'memory' ? bytes.length : Math.min(bytes.length, map.sizeBytes - firstPage * pageSizeBytes);
  return { offset: (layout === 'sparse' ? firstPage : ordinal) * pageSizeBytes, bytes: bytes.subarray(0, there) };
}

/** How much of the last page lies past the end of the file. */
function tailBytes(map: ObjectMap): number {
  return map.kind === 'memory' ? 0 : Math.max(0, endOfPages(map) - map.sizeBytes);
}

function endOfPages({ runFirst, runCount }: ObjectMap): number {
  return ((runFirst.at(-1) ?? 0) + (runCount.at(-1) ?? 0)) * pageSizeBytes;
}
