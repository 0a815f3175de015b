/** What one object does when its calls come one after the other. */
export interface Model<State, Call, Answer> {
  readonly initial: State;

  /**
   * The states that the object may be in after this call, where it was in `state` before and gave this answer; none where it cannot have answered so.
   * `answer` is undefined where nobody knows it: then the states of every outcome. That the call did nothing need not be among them.
   */
  readonly step: (state: State, call: Call, answer: Answer | undefined) => readonly State[];

  /** The same text for equal states, another one for others. */
  readonly key: (state: State) => string;
}
