/** What was given for an option, and by which name, for messages: `--interval` or `HOLDFAST_INTERVAL`. */
export interface GivenValue {
  readonly origin: string;
  /** A switch is a count: 1, or 0 for a variable that says `false`. */
  readonly value: string | number | readonly string[];
}

/** By the option's name. What was not given is absent: defaults come later. */
export type GivenValues = ReadonlyMap<string, GivenValue>;
