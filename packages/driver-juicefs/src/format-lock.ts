import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError, isHoldfastError } from '@holdfast/core';
import { isProcessAlive, ownProcessIdentity } from '@holdfast/core/basics';
import * as z from 'zod';
import type { BucketClient } from './client.js';

const noteSchema = z.object({
  holder: z.string(),
  expiresAt: z.number(),
  /** Absent in locks of older versions. */
  process: z.object({ bootId: z.string(), pid: z.int().positive(), startTicks: z.number(), pidNamespace: z.string() }).optional(),
});
type LockNote = z.output<typeof noteSchema>;
type LockOptions = CallOptions & {
  /** Told once, where another has the lock. */
  readonly onWait?: (message: string) => void;
};

/** Whoever died with the lock keeps others waiting so long; on the same machine it is seen that he died. */
const lockLastsMs = 90_000;
const renewEveryMs = 30_000;
const pauseMs = 500;

/** Beside the volume's own objects: JuiceFS refuses to make a volume among what is there already. */
export function lockKey(volume: string): string {
  return `.holdfast/${volume}.lock`;
}

/**
 * Runs a task while no other machine does: Redis has nothing against two formats at once, which would leave two halves of volumes.
 * The lock is an object that only one can create; one that is past its time is replaced, by whoever replaces that very version.
 * It is renewed as long as the task runs. Where that fails the task is aborted by its signal, and HF_PROVISION_CONFLICT thrown.
 */
export async function withFormatLock<T>(
  bucket: BucketClient,
  volume: string,
  options: LockOptions,
  task: (call: CallOptions) => Promise<T>,
  everyMs: number = renewEveryMs,
): Promise<T> {
  const key = lockKey(volume);
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
  try {
    await take(bucket, key, holder, volume, options);
  } catch (error) {
    // A write that was given up may have come there.
    await release(bucket, key, holder, false);
    throw error;
  }
  const lost = new AbortController();
  const ended = new AbortController();
  const renewal = keep(bucket, key, holder, everyMs, ended.signal).catch(() => lost.abort());
  let isDone = false;
  try {
    const result = await task({ signal: AbortSignal.any([lost.signal, ...(options.signal === undefined ? [] : [options.signal])]) });
    isDone = true;
    return result;
  } catch (error) {
    if (!lost.signal.aborted || options.signal?.aborted === true) throw error;
    throw new HoldfastError('HF_PROVISION_CONFLICT', {
      kind: 'conflict',
      message: `The lock of the volume '${volume}' was lost, and the work on it ended: another machine took it, or the bucket did not answer`,
      operation: 'storage.lock',
      context: { volume },
      cause: error,
      hint: 'Repeat: what was begun is continued',
    });
  } finally {
    ended.abort();
    await renewal;
    await release(bucket, key, holder, isDone);
  }
}

/** One that cannot be given back ends by its time. Rejects after a task that went well, and only where the right is missing: snapshots could not be pruned. */
async function release(bucket: BucketClient, key: string, holder: string, isToBeTold: boolean): Promise<void> {
  const held = await bucket.read(key).catch(() => undefined);
  if (held === undefined || noteOf(held.text)?.holder !== holder) return;
  await bucket.removeObjects([key]).catch((error: unknown) => {
    if (isToBeTold && isHoldfastError(error) && error.kind === 'permission') throw error;
  });
}

/** Resolves when the task has ended. Rejects once the lock is another's, or its time is nearly up without an answer of the bucket. */
async function keep(bucket: BucketClient, key: string, holder: string, everyMs: number, ended: AbortSignal): Promise<void> {
  let expiresAt = Date.now() + lockLastsMs;
  while (!ended.aborted) {
    await sleep(everyMs, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) return;
    const next = Date.now() + lockLastsMs;
    const renewed = await renew(bucket, key, { holder, expiresAt: next, process: ownProcess() }, ended).catch((error: unknown) => {
      if (!ended.aborted && Date.now() + everyMs > expiresAt) throw error;
      return undefined;
    });
    if (renewed === false && !ended.aborted) throw new Error(`'${key}' is not ours any more`);
    if (renewed === true) expiresAt = next;
  }
}

/** False where another has it. */
async function renew(bucket: BucketClient, key: string, note: LockNote, signal: AbortSignal): Promise<boolean> {
  const isOurs = (text: string | undefined): boolean => text !== undefined && noteOf(text)?.holder === note.holder;
  const held = await bucket.read(key, { signal });
  if (held === undefined || !isOurs(held.text)) return false;
  if (await bucket.write(key, JSON.stringify(note), { signal, over: held.etag })) return true;
  // A repeat whose first answer was lost meets its own write.
  return isOurs((await bucket.read(key, { signal }))?.text);
}

async function take(bucket: BucketClient, key: string, holder: string, volume: string, { signal, onWait }: LockOptions): Promise<void> {
  const deadline = performance.now() + 2 * lockLastsMs;
  const call = signal === undefined ? {} : { signal };
  let hasTold = false;
  while (performance.now() < deadline) {
    const note = JSON.stringify({ holder, expiresAt: Date.now() + lockLastsMs, process: ownProcess() } satisfies LockNote);
    if (await bucket.write(key, note, call)) return;
    const held = await bucket.read(key, call);
    const seen = held === undefined ? undefined : noteOf(held.text);
    // A repeat whose first answer was lost meets its own write.
    if (seen?.holder === holder) return;
    const isOver = (seen?.expiresAt ?? 0) < Date.now() || hasDiedHere(seen);
    if (held !== undefined && isOver && (await bucket.write(key, note, { ...call, over: held.etag }))) return;
    if (!hasTold && seen !== undefined && !isOver) {
      hasTold = true;
      onWait?.(waitText(volume, seen));
    }
    await sleep(pauseMs, undefined, call).catch(() => undefined);
    if (signal?.aborted === true)
      throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `The wait for the lock of the volume '${volume}' was aborted` });
  }
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `Another machine has been making or removing the volume '${volume}' for more than ${(2 * lockLastsMs) / 1000} s`,
    operation: 'storage.lock',
    hint: `Look for it; if there is none, remove the object '${key}' from the bucket`,
  });
}

function waitText(volume: string, { holder, expiresAt }: LockNote): string {
  const [host = '', pid = ''] = holder.split(' ');
  const leftS = Math.max(1, Math.ceil((expiresAt - Date.now()) / 1000));
  return `Waiting for the lock of the volume '${volume}', which process ${pid} on ${host} has: for ${leftS} s if it is gone, and else until it is done`;
}

/** Processes of another container have numbers of their own, on the same machine too. */
function ownProcess(): NonNullable<LockNote['process']> {
  return { ...ownProcessIdentity(), pidNamespace: pidNamespace() };
}

function hasDiedHere(note: LockNote | undefined): boolean {
  const own = ownProcess();
  const { process: other } = note ?? {};
  return other !== undefined && other.bootId === own.bootId && other.pidNamespace === own.pidNamespace && !isProcessAlive(other);
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}

function noteOf(text: string): LockNote | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
