/** What holdfast-keeper says by itself. */
export type KeeperEvent =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'started'; readonly pid: number }
  /** `runtime`: runc ended with that status; else it was stopped. */
  | { readonly type: 'failed'; readonly reason: 'runtime' | 'deadline' | 'aborted'; readonly status: number }
  | { readonly type: 'exited'; readonly code: number }
  | { readonly type: 'killed'; readonly signal: number }
  /** Of a lazy resume: no page is missing any more; or pages will not come, and the job was killed. */
  | { readonly type: 'whole' }
  | { readonly type: 'ruined' }
  /** The job stayed frozen for longer than was announced. */
  | { readonly type: 'thawed' };

export interface KeeperAnswer {
  readonly type: 'answer';
  readonly id: number;
  readonly ok: boolean;
  readonly words: readonly string[];
}

/** Parses one line of the control socket; undefined for what this version does not know. */
export function parseKeeperLine(line: string): KeeperEvent | KeeperAnswer | undefined {
  const [first, verb, ...words] = line.split(' ');
  if (first !== '*') {
    const id = Number(first);
    return Number.isInteger(id) && (verb === 'ok' || verb === 'error') ? { type: 'answer', id, ok: verb === 'ok', words } : undefined;
  }
  const number = Number(words.at(-1));
  switch (verb ?? '') {
    case 'holdfast-keeper':
      return { type: 'hello', version: number };
    case 'started':
      return { type: 'started', pid: number };
    case 'failed':
      return { type: 'failed', reason: words[0] === 'deadline' || words[0] === 'aborted' ? words[0] : 'runtime', status: number };
    case 'exited':
      return { type: 'exited', code: number };
    case 'killed':
      return { type: 'killed', signal: number };
    case 'whole':
      return { type: 'whole' };
    case 'ruined':
      return { type: 'ruined' };
    case 'thawed':
      return { type: 'thawed' };
    default:
      return undefined;
  }
}
