/**
 * A program that knows nothing of Holdfast and leaves the same bytes behind however often it is interrupted and resumed. It begins by emptying
 * what it writes, so that a run from the start in the same directory ends with the same bytes too.
 */
export interface Victim {
  readonly name: string;
  /** What of a process's life it exercises. */
  readonly about: string;
  /** How long it runs undisturbed on one slow core at scale 1. */
  readonly expectedSeconds: number;
  /** Programs that must be there, by name or absolute path. */
  readonly requires: readonly string[];
  /** Puts its sources and input into the directory, and compiles what must be compiled. A repeat makes the same. */
  prepare(directory: string, options: PrepareOptions): Promise<PreparedVictim>;
}

export interface PrepareOptions {
  /** Multiplies the work. */
  readonly scale: number;
}

export interface PreparedVictim {
  /** Run in the directory it was prepared in. */
  readonly command: readonly [string, ...string[]];
  /** Files, relative to that directory, whose bytes are compared. */
  readonly outputs: readonly string[];
}
