import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { HoldfastError } from '../../errors/holdfast-error.js';
import type { CallOptions } from '../storage-driver.js';
import { runAbandonable } from './abandonable-process.js';
import { storageErrorFromCode } from './storage-error.js';

/** Files that a probe makes begin with this; one that is left behind by a killed probe means nothing. */
export const probeFilePrefix = '.holdfast-probe-';

/** What a probe saw of a directory. */
export interface DirectoryFacts {
  readonly isDirectory: boolean;
  /** Permission and type bits as stat gives them. */
  readonly mode: number;
  readonly uid: number;
  /** The number that statfs gives to the kind of file system. */
  readonly fileSystemType: number;
  readonly totalBytes: number;
  /** What an ordinary user may still write. */
  readonly freeBytes: number;
  /** Time that the file system took. */
  readonly latencyMs: number;
}

export interface ProbeRequest extends CallOptions {
  readonly path: string;
  /** `look` asks for status and space. `write` also writes a few bytes to a new file, syncs and removes it. */
  readonly mode: 'look' | 'write';
  /** What is being done, for the error: `storage.attach`. */
  readonly operation: string;
  /** Default 3000: with the process's own start, health answers within its 3.5 s. */
  readonly timeoutMs?: number;
}

const factsSchema = z.object({
  isDirectory: z.boolean(),
  mode: z.number(),
  uid: z.number(),
  fileSystemType: z.number(),
  totalBytes: z.number(),
  freeBytes: z.number(),
  latencyMs: z.number(),
});
const answerSchema = z.discriminatedUnion('ok', [
  factsSchema.extend({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), code: z.string().optional(), message: z.string() }),
]);

/**
 * Looks at a directory from a process of its own, so that a mount that hangs costs a deadline and nothing else.
 *
 * - Rejects with HF_STORAGE_TIMEOUT where the mount does not answer in time, and with the error of `storageErrorFromCode` where it answers with one.
 * - Rejects with kind `aborted` on the signal.
 */
export async function probeDirectory(request: ProbeRequest): Promise<DirectoryFacts> {
  const { path, operation, timeoutMs = 3000 } = request;
  const program = fileURLToPath(new URL('./probe-main.js', import.meta.url));
  const fileName = `${probeFilePrefix}${randomBytes(8).toString('hex')}`;
  const outcome = await runAbandonable({
    command: process.execPath,
    args: ['--no-warnings', program, path, request.mode, fileName],
    timeoutMs,
    signal: request.signal,
  });
  const context = { path };
  if (outcome.kind === 'abandoned') {
    if (outcome.why === 'aborted')
      throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of '${path}' was aborted`, operation, context });
    throw storageErrorFromCode({ code: 'ETIMEDOUT', path, operation, message: `no answer within ${timeoutMs} ms` });
  }
  if (outcome.kind === 'not-started') {
    throw new HoldfastError('HF_UNEXPECTED', {
      kind: 'unexpected',
      message: `The probe of '${path}' did not start`,
      operation,
      context,
      cause: outcome.cause,
    });
  }
  const answer = answerSchema.safeParse(parseLine(outcome.stdout));
  if (!answer.success) {
    const said = outcome.stderr.trim().slice(0, 500);
    throw new HoldfastError('HF_UNEXPECTED', {
      kind: 'unexpected',
      message: `The probe of '${path}' ended with status ${outcome.exitCode} and no answer${said === '' ? '' : `: ${said}`}`,
      operation,
      context,
    });
  }
  if (!answer.data.ok) throw storageErrorFromCode({ code: answer.data.code, path, operation, message: answer.data.message });
  const { ok: _, ...facts } = answer.data;
  return facts;
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
