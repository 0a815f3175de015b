/** What the shell offers as a value of an option or argument. */
export type ValueSource = 'directory' | 'file' | 'job';

/** One option: the parser, the help, the variables and the completion are all made from it. */
export interface OptionDefinition {
  /** Without the dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** The word for its value in the help; without it the option is a switch. */
  readonly value?: string;
  readonly description: string;
  /** The environment variable of the same meaning. */
  readonly variable?: string;
  /** It may be given several times; the variable separates the values by this character. */
  readonly repeatedBy?: ':' | ',';
  /** A switch that counts: `-qq` is 2. */
  readonly counted?: boolean;
  /** The only values that there are. */
  readonly choices?: readonly string[];
  readonly completes?: ValueSource;
  /** Another option for the same thing: one of the two on the line wins over the variables of both. */
  readonly insteadOf?: string;
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly completes?: ValueSource;
}

export interface Example {
  readonly line: string;
  readonly meaning: string;
}
