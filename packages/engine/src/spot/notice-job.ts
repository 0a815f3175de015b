import type { SnapshotOutcome } from '../run/types.js';

/** A protected job, as a notice of the machine's end sees it. */
export interface NoticeJob {
  readonly job: string;
  /** When all that it had done was last safe: its newest commit, else its start. */
  readonly lastCommittedAt: Date;
  /** What a dump of it would hold, about. */
  expectedBytes(): Promise<number>;
  /** `early`: it runs on. `hold`: it stays frozen from then on, until `release`. Rejects where the snapshot fails; the job runs on. */
  snapshot(how: 'early' | 'hold'): Promise<SnapshotOutcome>;
  /** A held job runs on; one that a newer attempt owns by now is ended instead. Harmless where it is not held, or is over. */
  release(): Promise<void>;
}
