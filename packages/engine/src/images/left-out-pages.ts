import type { ObjectSource, PageRun, SourceExtent } from '@holdfast/core';

/** Where the pages are that a dump without memory left out of its images. */
export interface LeftOutPages {
  /** Throws with HF_DUMP_FAILED where nobody has them. */
  of(pagemapName: string): LeftOutSpace;
}

/** Those of one address space. */
export interface LeftOutSpace {
  /** An extent names its source by the place here, counted from 1. */
  readonly sources: readonly ObjectSource[];
  extentsOf(run: PageRun): readonly SourceExtent[];
}
