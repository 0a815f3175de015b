import { readdir } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { execa } from 'execa';

/** An end of a pseudo-terminal of the job that has something for its reader. */
export interface QueuedTerminal {
  /** As this machine numbers it. */
  readonly pid: number;
  readonly descriptor: number;
  readonly end: 'master' | 'slave';
  /** In /dev/pts. */
  readonly number: number;
  /** 0: an end of file, or a state of packet mode that is told once. */
  readonly bytes: number;
}

/**
 * Whether a frozen job has terminals at all: as good as free, and without another program. Those of a /dev/pts that a process has mounted for itself are not
 * found, for which it needs a mount namespace of its own.
 */
export async function hasTerminals(initPid: number): Promise<boolean> {
  try {
    return (await readdir(`/proc/${initPid}/root/dev/pts`)).some((name) => /^\d+$/.test(name));
  } catch (error) {
    return !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'));
  }
}

export interface TerminalToolCall {
  /** holdfast-terminals. */
  readonly tool: string;
  readonly pids: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

const deadlineMs = 10_000;

/** One end with something for its reader; undefined: there is none. The job must stand still. Rejects with HF_DUMP_FAILED where that cannot be known. */
export async function findQueuedTerminal({ tool, pids, signal }: TerminalToolCall): Promise<QueuedTerminal | undefined> {
  const result = await execa(tool, [], {
    input: pids.join('\n'),
    reject: false,
    detached: true,
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
    env: { LC_ALL: 'C' },
    extendEnv: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (result.failed) throw unknownTerminals(result.stderr === '' ? (result.shortMessage ?? 'no reason given') : result.stderr, result);
  const [, pid, descriptor, end, number, bytes] = /^(\d+) (\d+) (master|slave) (\d+) (\d+)$/m.exec(result.stdout) ?? [];
  if (end !== 'master' && end !== 'slave') return undefined;
  return { pid: Number(pid), descriptor: Number(descriptor), end, number: Number(number), bytes: Number(bytes) };
}

function unknownTerminals(reason: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `whether bytes lie in a terminal of the job cannot be known (${reason}): CRIU would change them`,
    kind: 'unsupported',
    operation: 'terminals',
    hint: 'it takes a kernel with pidfd_getfd (5.6) and the right to trace the job',
    cause,
  });
}
