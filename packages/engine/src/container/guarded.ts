import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watchLog } from './log-watch.js';

export interface GuardedOptions {
  readonly guard: string;
  readonly command: readonly string[];
  readonly deadlineMs: number;
  /** Where CRIU's hook waits; without it the command never stops in between. */
  readonly hookFolder: string | undefined;
  /** A log that must not grow beyond bounds. */
  readonly log: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** For a job that nobody else would thaw where this process is gone. */
  readonly thaw?: GuardedThaw | undefined;
  /** Where a CRIU that dumps without memory is told that nobody fetches that from it. */
  readonly pageSocket?: number | undefined;
  /** What the command alone sees in the place of another file or folder. */
  readonly bind?: { readonly source: string; readonly target: string } | undefined;
}

/** What is written where to thaw the job, and how long it may stay frozen whatever happens. */
export interface GuardedThaw {
  readonly file: string;
  readonly text: string;
  readonly longestMs: number;
}

/** How a guarded command ended. Only `ended` has a meaning of the command's own. */
export type GuardedEnd =
  | { readonly how: 'ended'; readonly exitCode: number }
  | { readonly how: 'deadline' | 'aborted' | 'log-overflow' | 'job-ended' | 'lost' };

/** A command under holdfast-guard: it ends with this process, with its deadline, with the signal, or when its log overflows. */
export interface Guarded {
  readonly pid: number | undefined;
  /** True when CRIU waits in its hook; false where the command ended before. */
  readonly ready: Promise<boolean>;
  /** Never rejects. */
  readonly end: Promise<GuardedEnd>;
  /** Lets CRIU leave its hook. */
  go(): void;
  /** Ends the command: at once before `go`; after it CRIU has the job in its hands and is let finish. `end` resolves when nothing of it is left. */
  stop(): void;
  /** Ends the command at once, also after `go`: the job has ended, and there is nothing left to be careful of. */
  jobEnded(): void;
  /** To be called before the job is frozen: the guard outlives its command until `thawed`, and thaws the job where this process is gone. */
  frozen(): void;
  thawed(): void;
}

const [deadlineStatus, failedStatus, stoppedStatus] = [124, 125, 130];

export function runGuarded({ guard, command, deadlineMs, hookFolder, log, environment, signal, thaw, pageSocket, bind }: GuardedOptions): Guarded {
  const thawWords = thaw === undefined ? [] : ['--thaw', thaw.file, thaw.text, String(thaw.longestMs)];
  const socketWords = pageSocket === undefined ? [] : ['--page-socket', String(pageSocket)];
  const bindWords = bind === undefined ? [] : ['--bind', bind.source, bind.target];
  const child = spawn(guard, [String(deadlineMs), hookFolder ?? '-', ...thawWords, ...socketWords, ...bindWords, '--', ...command], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
    // A Ctrl-C of the terminal goes to its whole foreground group.
    detached: true,
  });
  let reason: StopReason | undefined;
  let letGo = false;
  const stop = (why: StopReason): void => {
    reason ??= why;
    // After `go` the input stays open, so that the guard can still be told that the job has ended.
    if (why === 'aborted' && !letGo) child.stdin.destroy();
    else if (why !== 'aborted' && child.stdin.writable) child.stdin.write('k');
  };
  const onAbort = (): void => stop('aborted');
  child.stdin.on('error', () => undefined);
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const watch = watchLog(log, () => stop('log-overflow'));
  const ready = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<unknown>();
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    // Both lines are written whole, and the first one before the command can end.
    if (text.includes('ready')) ready.resolve(true);
    const status = /^ended (\d+)$/m.exec(text)?.[1];
    if (status !== undefined) ended.resolve(Number(status));
  });
  const exited = once(child, 'exit').then(
    ([code]: unknown[]) => code,
    () => undefined,
  );
  void exited.then((code) => {
    ended.resolve(code);
    child.stdin.destroy();
  });
  const end = ended.promise.then((code) => toEnd(code, reason));
  void end.then(() => {
    watch[Symbol.dispose]();
    signal?.removeEventListener('abort', onAbort);
    ready.resolve(false);
  });
  const tell = (letter: string): void => {
    if (child.stdin.writable) child.stdin.write(letter);
  };
  const go = (): void => {
    letGo = true;
    child.stdin.write('g');
  };
  return {
    pid: child.pid,
    ready: ready.promise,
    end,
    go,
    stop: () => stop('aborted'),
    jobEnded: () => stop('job-ended'),
    frozen: () => tell('f'),
    thawed: () => tell('d'),
  };
}

type StopReason = 'aborted' | 'log-overflow' | 'job-ended';

function toEnd(code: unknown, reason: StopReason | undefined): GuardedEnd {
  if (typeof code !== 'number') return { how: 'lost' };
  if (reason !== undefined) return { how: reason };
  if (code === deadlineStatus) return { how: 'deadline' };
  return code === failedStatus || code === stoppedStatus ? { how: 'lost' } : { how: 'ended', exitCode: code };
}
