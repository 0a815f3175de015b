import { HoldfastError } from '@holdfast/core';
import { execa } from 'execa';

export interface TreeToolCall {
  readonly treeTool: string;
  readonly signal?: AbortSignal | undefined;
  /** After this the tool is killed. */
  readonly deadlineMs: number;
  readonly input?: Uint8Array | undefined;
}

/** Runs `holdfast-tree` and gives what it wrote to its stdout. Rejects with its own sentence where it failed. */
export async function runTreeTool(args: readonly string[], { treeTool, signal, deadlineMs, input }: TreeToolCall): Promise<Buffer> {
  signal?.throwIfAborted();
  const result = await execa(treeTool, args, {
    input: input ?? new Uint8Array(),
    encoding: 'buffer',
    reject: false,
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
  if (result.timedOut) {
    throw new HoldfastError('HF_DUMP_TIMEOUT', {
      message: `holdfast-tree ${args[0]} did not end within ${deadlineMs} ms`,
      kind: 'timeout',
      operation: `files.${args[0]}`,
      hint: 'a tracked path may lie on a file system that does not answer; leave it out or mount it again',
    });
  }
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw new HoldfastError('HF_NATIVE_MISSING', {
      message: `the helper ${treeTool} cannot be started (${result.code})`,
      kind: 'missing-requirement',
      operation: `files.${args[0]}`,
      hint: 'run script/bootstrap',
      cause: result,
    });
  }
  const said = Buffer.from(result.stderr).toString('utf8').trim().slice(0, 1000);
  throw new HoldfastError('HF_UNEXPECTED', {
    message: `holdfast-tree ${args[0]} failed: ${said === '' ? (result.shortMessage ?? 'no reason given') : said}`,
    kind: said.includes('No space left') ? 'no-space' : 'unexpected',
    operation: `files.${args[0]}`,
    cause: result,
  });
}
