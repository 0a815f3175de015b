/** One resume, from the moment of the command. */
export interface MeasuredResume {
  /** To the first thing that the job writes. */
  readonly firstWriteMs: number;
  /** Until no page is missing; that of an eager resume is its first write. */
  readonly allPagesMs: number;
}
