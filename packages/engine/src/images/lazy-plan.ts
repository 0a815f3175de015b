import type { CallOptions, CheckpointReader, PageRun } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { imageKey, imageName } from './memory-keys.js';
import { decodePagemap, isPagemapName, pagemapPid, presentRuns } from './pagemap.js';
import { pairMemory, readMemoryTable } from './paired-memory.js';
import { pagesName } from './pages-images.js';

/** What of one page map's memory is there before the job runs, and what comes later. */
export interface PlannedMap {
  readonly name: string;
  /** The image of its pages. */
  readonly pagesImage: string;
  /** Of the snapshot's object; undefined where it has no page. */
  readonly key: string | undefined;
  /** As the job numbers it; undefined for shared memory, none of which comes later. */
  readonly pid: number | undefined;
  readonly eager: readonly PageRun[];
  readonly lazy: readonly PageRun[];
}

export interface LazyPlan {
  readonly maps: readonly PlannedMap[];
  readonly eagerBytes: number;
  readonly lazyBytes: number;
}

/**
 * Divides a snapshot's memory: CRIU has marked what may come later, which is private anonymous memory but for stacks. Rejects with kind `corrupt` where page maps and
 * memory do not belong together.
 */
export async function planLazy(reader: Pick<CheckpointReader, 'objects' | 'read'>, options: CallOptions = {}): Promise<LazyPlan> {
  const names = reader.objects.flatMap(({ key }) => imageName(key) ?? []).filter(isPagemapName);
  const maps = await Promise.all(names.map(async (name) => ({ name, ...decodePagemap(await reader.read(imageKey(name), options), name) })));
  const keys = pairMemory(maps, reader.objects, await readMemoryTable(reader, options));
  const planned = maps.map((map): PlannedMap => {
    const pid = pagemapPid(map.name);
    const mayWait = (entry: (typeof map.entries)[number]): boolean => pid !== undefined && entry.lazy;
    return {
      name: map.name,
      pagesImage: pagesName(map),
      key: keys.get(map.name),
      pid,
      eager: presentRuns(map.entries.filter((entry) => !mayWait(entry))),
      lazy: presentRuns(map.entries.filter(mayWait)),
    };
  });
  return { maps: planned, eagerBytes: bytesOf(planned.flatMap(({ eager }) => eager)), lazyBytes: bytesOf(planned.flatMap(({ lazy }) => lazy)) };
}

function bytesOf(runs: readonly PageRun[]): number {
  return runs.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes;
}
