import { join } from 'node:path';
import { startBareJob } from './bare-job.ts';
import type { DumpWay } from './dump-way.ts';
import { startHoldfastJob } from './holdfast-job.ts';
import type { JobShape } from './job-shape.ts';
import type { MeasuredJob } from './measured-job.ts';

/** Where jobs of the benchmark live. */
export interface BenchPlace {
  /** On disk; each job gets a folder in it. */
  readonly folder: string;
  /** In memory; likewise. */
  readonly memoryFolder: string;
  readonly program: string;
  /** What `holdfast run` knows. */
  readonly options: ReadonlySet<string>;
}

let started = 0;

/** Resolves when the job has filled its memory. */
export async function startJob({ folder, memoryFolder, program, options }: BenchPlace, shape: JobShape, way: DumpWay): Promise<MeasuredJob> {
  started += 1;
  const name = `${way}-${started}`;
  const place = { folder: join(folder, name), memoryFolder: join(memoryFolder, name), program };
  switch (way) {
    case 'criu-tmpfs':
      return await startBareJob(place, shape, 'tmpfs');
    case 'criu-disk':
      return await startBareJob(place, shape, 'disk');
    case 'staged-tmpfs':
    case 'staged-disk':
    case 'twin':
      return await startHoldfastJob(place, shape, way, options);
  }
}
