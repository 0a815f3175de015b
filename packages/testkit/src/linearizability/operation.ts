/** One call of one process, as that process recorded it. Times are of one clock that only grows, the same for all processes. */
export interface Operation<Call, Answer> {
  readonly process: string;
  readonly call: Call;
  /** Taken before the call was made. */
  readonly calledAt: number;
  /** Undefined where there is none: the process was killed, or the call failed and may have done its work or not. */
  readonly answer: Answer | undefined;
  /** Taken after the answer was there. */
  readonly answeredAt: number | undefined;
}
