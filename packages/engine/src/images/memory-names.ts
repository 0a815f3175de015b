import type { Memfds } from './memfds.js';
import { memoryKey } from './memory-keys.js';
import type { AddressSpace } from './mm.js';
import type { TreeProcess } from './process-tree.js';

/** A process with the memory that it maps; none for one that has ended. */
export interface MappedProcess extends Omit<TreeProcess, 'threads'> {
  readonly space: AddressSpace | undefined;
}

export interface MemoryName {
  readonly pagemapName: string;
  /** The same in each snapshot of a job, whatever CRIU calls the image. */
  readonly key: string;
  /** The key of the process that this one was forked from, or of another one of the same program; put before it. */
  readonly like: string | undefined;
}

/**
 * Names what page maps tell of, in the order in which it is to be put; docs/adr/0013 has the reasons. A process is named by its pid. A segment is named
 * by where the first process that maps it does so: CRIU calls it by its inode, which is another one after a resume.
 */
export function nameMemory(pagemapNames: readonly string[], processes: readonly MappedProcess[], memfds: Memfds): readonly MemoryName[] {
  const left = new Set(pagemapNames);
  const names: MemoryName[] = [];
  const used = new Set<string>();
  const take = (pagemapName: string, wanted: string = memoryKey(pagemapName), like?: string): void => {
    if (!left.delete(pagemapName)) return;
    // Parts of two segments may be mapped as if both began at one address.
    const key = used.has(wanted) ? memoryKey(pagemapName) : wanted;
    used.add(key);
    names.push({ pagemapName, key, like });
  };
  const origins = findOrigins(processes);
  for (const { pid } of processes) {
    const origin = origins.get(pid);
    take(processPagemap(pid), undefined, origin === undefined ? undefined : memoryKey(processPagemap(origin)));
  }
  for (const [segment, { pid, base }] of firstMappings(processes, memfds)) take(segmentPagemap(segment), `memory/shared-${pid}-${base.toString(16)}`);
  for (const [key, segment] of nameUnmapped(memfds)) take(segmentPagemap(segment), key);
  // System V segments among them, whose ids a restore gives them again.
  for (const pagemapName of [...left].sort()) take(pagemapName);
  return names;
}

/** The nearest ancestor that runs the same program, else the first process before it that does: its parent may be gone. */
function findOrigins(processes: readonly MappedProcess[]): ReadonlyMap<number, number> {
  const origins = new Map<number, number>();
  const seen = new Map<number, MappedProcess>();
  const first = new Map<string, number>();
  for (const process of processes) {
    // Of a pid that comes twice the first, so that nothing is its own ancestor.
    if (seen.has(process.pid)) continue;
    const program = process.space?.program;
    if (program !== undefined) {
      let ancestor = seen.get(process.parentPid);
      while (ancestor !== undefined && ancestor.space?.program !== program) ancestor = seen.get(ancestor.parentPid);
      const origin = ancestor?.pid ?? first.get(program);
      if (origin === undefined) first.set(program, process.pid);
      else origins.set(process.pid, origin);
    }
    seen.set(process.pid, process);
  }
  return origins;
}

interface Mapping {
  readonly pid: number;
  readonly base: number;
}

/** Of each segment the mapping of the lowest pid; of those the highest, since the kernel maps downwards and so that one is the oldest. */
function firstMappings(processes: readonly MappedProcess[], { segmentOfFile }: Memfds): ReadonlyMap<number, Mapping> {
  const first = new Map<number, Mapping>();
  for (const { pid, space } of processes) {
    for (const { kind, sharedId, base } of space?.sharedAreas ?? []) {
      const segment = kind === 'memfd' ? segmentOfFile.get(sharedId) : sharedId;
      if (segment === undefined) continue;
      const known = first.get(segment);
      if (known === undefined || pid < known.pid || (pid === known.pid && base > known.base)) first.set(segment, { pid, base });
    }
  }
  return first;
}

/** Files of memory by their names and their order: nothing else of one that no process maps is the same after a resume. */
function nameUnmapped({ segments }: Memfds): readonly (readonly [key: string, segment: number])[] {
  const counts = new Map<string, number>();
  return segments.map(({ id, name }) => {
    const ordinal = counts.get(name) ?? 0;
    counts.set(name, ordinal + 1);
    return [`memory/memfd-${ordinal}-${name}`, id] as const;
  });
}

function processPagemap(pid: number): string {
  return `pagemap-${pid}.img`;
}

function segmentPagemap(id: number): string {
  return `pagemap-shmem-${id}.img`;
}
