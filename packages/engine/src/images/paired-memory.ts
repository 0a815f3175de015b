import type { CallOptions, CheckpointObject, CheckpointReader, PageRun } from '@holdfast/core';
import { damaged } from './image-file.js';
import { memoryKey } from './memory-keys.js';
import { memoryTableKey, parseMemoryTable } from './memory-table.js';
import { presentRuns } from './pagemap.js';
import type { NamedPagemap } from './pages-images.js';

/** The snapshot's table of memory; empty where every key tells its page map by itself. */
export async function readMemoryTable(
  reader: Pick<CheckpointReader, 'objects' | 'read'>,
  options: CallOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const hasTable = reader.objects.some(({ key }) => key === memoryTableKey);
  return hasTable ? parseMemoryTable(await reader.read(memoryTableKey, options)) : new Map();
}

/**
 * The key of each page map's pages, undefined where it has none. Throws with kind `corrupt` where the pages that a map names are not those that the
 * snapshot has, or where memory is left without a map.
 */
export function pairMemory(
  maps: readonly NamedPagemap[],
  objects: readonly CheckpointObject[],
  table: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | undefined> {
  const memory = new Map(objects.filter(({ kind }) => kind === 'memory').map((object) => [object.key, object]));
  const keys = new Map<string, string | undefined>();
  for (const map of maps) {
    const key = table.get(map.name) ?? memoryKey(map.name);
    const object = memory.get(key);
    if (!isSame(presentRuns(map.entries), object?.runs ?? [])) throw damaged(map.name, "its pages are not those of the snapshot's memory");
    memory.delete(key);
    keys.set(map.name, object?.key);
  }
  const [stray] = memory.keys();
  if (stray !== undefined) throw damaged(stray, 'its page map is missing');
  return keys;
}

function isSame(expected: readonly PageRun[], actual: readonly PageRun[]): boolean {
  return (
    expected.length === actual.length &&
    expected.every(({ firstPage, pageCount }, at) => firstPage === actual[at]?.firstPage && pageCount === actual[at].pageCount)
  );
}
