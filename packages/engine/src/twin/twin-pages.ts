import type { PageRun, SourceExtent } from '@holdfast/core';
import { HoldfastError, pageSizeBytes } from '@holdfast/core/basics';
import type { LeftOutPages, LeftOutSpace } from '../images/left-out-pages.js';
import type { UnforkedCopy } from './unforked.js';

/** A process of the job, and the copy of it that stands still. */
export interface TwinnedProcess {
  /** As CRIU's images number it. */
  readonly imagePid: number;
  /** As this machine numbers it. */
  readonly twinPid: number;
  readonly unforked: UnforkedCopy | undefined;
}

const [twinSource, copySource] = [1, 2];

/** Memory that is read straight from twins, at the job's own addresses. */
export class TwinPages implements LeftOutPages {
  readonly #processes: ReadonlyMap<string, TwinnedProcess>;
  readonly #read = new Map<string, PageRun[]>();

  constructor(processes: readonly TwinnedProcess[]) {
    this.#processes = new Map(processes.map((process) => [`pagemap-${process.imagePid}.img`, process]));
  }

  of(pagemapName: string): LeftOutSpace {
    const process = this.#processes.get(pagemapName);
    if (process === undefined) throw withoutTwin(pagemapName);
    const { twinPid, unforked } = process;
    const read: PageRun[] = [];
    this.#read.set(pagemapName, read);
    const inTwin = (run: PageRun): SourceExtent => {
      read.push(run);
      return { ...run, sourceOffset: run.firstPage * pageSizeBytes, sourceIndex: twinSource };
    };
    const memory = { kind: 'path', path: `/proc/${twinPid}/mem` } as const;
    if (unforked === undefined) return { sources: [memory], extentsOf: (run) => [inTwin(run)] };
    return { sources: [memory, { kind: 'path', path: unforked.path }], extentsOf: (run) => splitByCopy(run, unforked.extents, inTwin) };
  }

  /** What of a process was asked for from its twin; ascending. */
  readFrom(pagemapName: string): readonly PageRun[] {
    return this.#read.get(pagemapName) ?? [];
  }
}

function splitByCopy(
  { firstPage, pageCount }: PageRun,
  copied: readonly SourceExtent[],
  inTwin: (run: PageRun) => SourceExtent,
): readonly SourceExtent[] {
  const extents: SourceExtent[] = [];
  const end = firstPage + pageCount;
  let page = firstPage;
  for (const copy of copied) {
    const [from, to] = [Math.max(page, copy.firstPage), Math.min(end, copy.firstPage + copy.pageCount)];
    if (from >= to) continue;
    if (page < from) extents.push(inTwin({ firstPage: page, pageCount: from - page }));
    const sourceOffset = copy.sourceOffset + (from - copy.firstPage) * pageSizeBytes;
    extents.push({ firstPage: from, pageCount: to - from, sourceOffset, sourceIndex: copySource });
    page = to;
  }
  if (page < end) extents.push(inTwin({ firstPage: page, pageCount: end - page }));
  return extents;
}

function withoutTwin(pagemapName: string): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `the dump has left out memory of ${pagemapName}, of which there is no copy`,
    kind: 'unexpected',
    retry: 'yes',
    operation: 'dump',
    hint: 'the next snapshot is taken as usual',
  });
}
