import { type ErrorCode, type ErrorKind, HoldfastError } from '@holdfast/core';
import { execa } from 'execa';

/** The first argument of `holdfast-tree`. */
export type TreeCommand = 'scan' | 'capture' | 'apply';

export interface TreeToolCall {
  readonly treeTool: string;
  readonly signal?: AbortSignal | undefined;
  /** After this the tool is killed. */
  readonly deadlineMs: number;
  readonly input?: Uint8Array | undefined;
}

/** Runs `holdfast-tree` and gives what it wrote to its stdout. Rejects with its own sentence where it failed. */
export async function runTreeTool(command: TreeCommand, args: readonly string[], call: TreeToolCall): Promise<Buffer> {
  const { treeTool, signal, deadlineMs, input } = call;
  signal?.throwIfAborted();
  const result = await execa(treeTool, [command, ...args], {
    input: input ?? new Uint8Array(),
    encoding: 'buffer',
    reject: false,
    // A Ctrl-C of the terminal goes to its whole foreground group: whether the work is to end is for the caller to say.
    detached: true,
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
    // A result is a few bytes for each file.
    maxBuffer: 2 ** 31,
    env: { LC_ALL: 'C' },
    extendEnv: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (!result.failed) return Buffer.from(result.stdout.buffer, result.stdout.byteOffset, result.stdout.byteLength);
  signal?.throwIfAborted();
  if (result.timedOut) throw timedOut(command, deadlineMs);
  if (result.code === 'ENOENT' || result.code === 'EACCES') throw cannotStart(command, treeTool, result.code, result);
  const said = Buffer.from(result.stderr).toString('utf8').trim().slice(0, 1000);
  throw failed(command, said === '' ? (result.shortMessage ?? 'no reason given') : said, result);
}

const codes: Readonly<Record<TreeCommand, { readonly failed: ErrorCode; readonly timeout: ErrorCode }>> = {
  scan: { failed: 'HF_DUMP_FAILED', timeout: 'HF_DUMP_TIMEOUT' },
  capture: { failed: 'HF_DUMP_FAILED', timeout: 'HF_DUMP_TIMEOUT' },
  apply: { failed: 'HF_RESTORE_FAILED', timeout: 'HF_RESTORE_TIMEOUT' },
};

/** The system's words at the end of the tool's sentence, and what they mean to the caller. */
const kinds: readonly { readonly words: RegExp; readonly kind: ErrorKind; readonly hint: string }[] = [
  { words: /No space left|quota exceeded/, kind: 'no-space', hint: 'make room on the file system of the tracked path or of the staging folder' },
  {
    words: /not permitted|Permission denied|Read-only/,
    kind: 'permission',
    hint: 'make it changeable (chattr -i, remount), or run as a user who may change it',
  },
];

function failed(command: TreeCommand, said: string, cause: unknown): HoldfastError {
  const known = kinds.find(({ words }) => words.test(said));
  return new HoldfastError(codes[command].failed, {
    message: `the files of the job could not be ${command === 'apply' ? 'put back' : 'captured'}: ${said}`,
    kind: known?.kind ?? 'unexpected',
    operation: `files.${command}`,
    cause,
    ...(known === undefined ? {} : { hint: known.hint }),
  });
}

function timedOut(command: TreeCommand, deadlineMs: number): HoldfastError {
  return new HoldfastError(codes[command].timeout, {
    message: `holdfast-tree ${command} did not end within ${deadlineMs} ms`,
    kind: 'timeout',
    operation: `files.${command}`,
    hint: 'a tracked path may lie on a file system that does not answer; leave it out or mount it again',
  });
}

function cannotStart(command: TreeCommand, treeTool: string, code: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_NATIVE_MISSING', {
    message: `the helper ${treeTool} cannot be started (${code})`,
    kind: 'missing-requirement',
    operation: `files.${command}`,
    hint: 'run script/bootstrap',
    cause,
  });
}
