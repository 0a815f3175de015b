/** The heartbeat program under one of the two ways to dump it. */
export interface MeasuredJob extends AsyncDisposable {
  readonly name: 'bare' | 'holdfast';
  /** Where the job writes the gaps of its heartbeat. */
  readonly gapsFile: string;
  /** Dumps it once and leaves it running. Resolves when nothing of the dump is at work any more. */
  dump(): Promise<void>;
}
