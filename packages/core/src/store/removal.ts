/** Which snapshots of a job stay. */
export interface PrunePolicy {
  /** How many of the newest eligible ones; at least 1, or 0 together with `evenNewest`. */
  readonly keep: number;
  /** These stay too. */
  readonly protect?: readonly number[];
  /** Allows `keep` to be 0: for a job that is over. */
  readonly evenNewest?: boolean;
  /** The newest epoch as it was when this was decided: rejects with kind `fenced` where there is another one by now. */
  readonly epoch?: number | undefined;
  /** How long the files of a removed snapshot stay, for whoever began to read it on a machine that has not heard of the removal. Default 2 minutes. */
  readonly graceMs?: number;
  /** A pack of which a smaller share than this is needed is rewritten; 0: none is. Default 0.5. */
  readonly repackBelow?: number;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
}

/** `keep`: there are enough newer ones. `left-behind`: a later epoch does not build on it. */
export type RemovalReason = 'keep' | 'left-behind';

/** What one snapshot of a job takes. */
export interface SnapshotUsage {
  readonly number: number;
  readonly createdAt: string;
  readonly eligible: boolean;
  /** Bytes of those of the job's own blocks that no newer snapshot of it needs: what comes free once this one and all older ones are gone. */
  readonly bytes: number;
  /** Somebody reads it, or another job was forked from it: it cannot go now. */
  readonly held: boolean;
}

export interface PruneReport {
  /** What this call removed: it is no longer listed, chosen or opened. */
  readonly removed: readonly { readonly number: number; readonly reason: RemovalReason }[];
  /** What was removed, now or earlier, and still takes space: for the grace, or because somebody reads or has forked it. */
  readonly waiting: readonly number[];
  readonly removedFiles: number;
  /** What the storage has back, less what was written anew to free it. */
  readonly freedBytes: number;
  readonly rewrittenPacks: number;
}

/** What a removed job left. */
export interface JobRemoval {
  readonly snapshots: number;
  readonly freedBytes: number;
  /** False where its directory stays: somebody began a new job of this name meanwhile, or has put files there. */
  readonly gone: boolean;
}
