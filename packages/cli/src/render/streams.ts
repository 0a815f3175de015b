/** Where the command writes; the only outputs that it has. */
export interface OutputStream {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Of the terminal; undefined where it is none. */
  readonly columns: number | undefined;
}

export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}
