import type { ObjectLayout } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import type { ObjectMap } from '../manifest/page-map.js';

/** Bytes of the object in this layout. */
export function laidOutBytes(map: ObjectMap, layout: ObjectLayout): number {
  if (layout === 'sparse' && map.kind !== 'memory') return map.sizeBytes;
  if (layout === 'sparse') return endOfPages(map);
  return map.pageCount * pageSizeBytes - tailBytes(map);
}

/** How much of the last page lies past the end of the file. */
function tailBytes(map: ObjectMap): number {
  return map.kind === 'memory' ? 0 : Math.max(0, endOfPages(map) - map.sizeBytes);
}

function endOfPages({ runFirst, runCount }: ObjectMap): number {
  return ((runFirst.at(-1) ?? 0) + (runCount.at(-1) ?? 0)) * pageSizeBytes;
}
