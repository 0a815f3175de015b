/** The heartbeat program under one of the ways to dump it. */
export interface MeasuredJob extends AsyncDisposable {
  /** Where the job writes what it notes about itself. */
  readonly report: string;
  /** The first process of the job. */
  readonly pid: number;
  /** Dumps it once and leaves it running. Resolves when nothing of the dump is at work any more. Rejects where it was not dumped in this way. */
  dump(): Promise<void>;
}

/** What `startJob` needs beside the way and the shape. */
export interface JobPlace {
  /** Of this job alone, on disk. Made if it is missing. */
  readonly folder: string;
  /** Of this job alone, in memory. It may be missing. */
  readonly memoryFolder: string;
  /** The compiled heartbeat.c. */
  readonly program: string;
}
