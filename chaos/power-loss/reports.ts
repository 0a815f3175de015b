/** What a writer says once it is so. Everything said must outlive the machine's power. */
export type Report =
  | { readonly kind: 'opened'; readonly repositoryId: string }
  | { readonly kind: 'claimed'; readonly epoch: number; readonly attempt: string }
  | { readonly kind: 'committed'; readonly number: number }
  /** From here on all but the newest `keep` snapshots may be gone. */
  | { readonly kind: 'pruning'; readonly keep: number }
  /** Another job was made from this snapshot. */
  | { readonly kind: 'forked'; readonly number: number }
  | { readonly kind: 'ended'; readonly epoch: number; readonly exitCode: number };

/** What must be found, whatever happened after the last report. */
export interface Promises {
  readonly repositoryId: string | undefined;
  readonly epoch: { readonly epoch: number; readonly attempt: string; readonly exitCode: number | undefined } | undefined;
  /** Ascending. */
  readonly snapshots: readonly number[];
  /** The snapshot that the fork was made from. */
  readonly forked: number | undefined;
}

export const nothingPromised: Promises = { repositoryId: undefined, epoch: undefined, snapshots: [], forked: undefined };

export function withReport(promises: Promises, report: Report): Promises {
  switch (report.kind) {
    case 'opened':
      return { ...promises, repositoryId: report.repositoryId };
    case 'claimed':
      return { ...promises, epoch: { epoch: report.epoch, attempt: report.attempt, exitCode: undefined } };
    case 'committed':
      return { ...promises, snapshots: [...promises.snapshots, report.number] };
    case 'pruning':
      return { ...promises, snapshots: promises.snapshots.slice(-report.keep) };
    case 'forked':
      return { ...promises, forked: report.number };
    case 'ended':
      return { ...promises, epoch: promises.epoch === undefined ? undefined : { ...promises.epoch, exitCode: report.exitCode } };
  }
}
