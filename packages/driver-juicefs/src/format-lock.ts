import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import * as z from 'zod';
import type { BucketClient } from './client.js';

const noteSchema = z.object({ holder: z.string(), expiresAt: z.number() });

/** A format ends long before. Whoever died with the lock keeps others waiting so long. */
const lockLastsMs = 90_000;
const pauseMs = 500;

/** Beside the volume's own objects: JuiceFS refuses to make a volume among what is there already. */
export function lockKey(volume: string): string {
  return `.holdfast/${volume}.lock`;
}

/**
 * Runs a task while no other machine does: Redis has nothing against two formats at once, which would leave two halves of volumes.
 * The lock is an object that only one can create; one that is past its time is replaced, by whoever replaces that very version.
 */
export async function withFormatLock<T>(bucket: BucketClient, volume: string, options: CallOptions, task: () => Promise<T>): Promise<T> {
  const key = lockKey(volume);
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
  await take(bucket, key, holder, volume, options);
  try {
    return await task();
  } finally {
    const held = await bucket.read(key).catch(() => undefined);
    if (held !== undefined && noteOf(held.text)?.holder === holder) await bucket.removeObjects([key]).catch(() => undefined);
  }
}

async function take(bucket: BucketClient, key: string, holder: string, volume: string, { signal }: CallOptions): Promise<void> {
  const deadline = performance.now() + 2 * lockLastsMs;
  const call = signal === undefined ? {} : { signal };
  while (performance.now() < deadline) {
    const note = JSON.stringify({ holder, expiresAt: Date.now() + lockLastsMs });
    if (await bucket.write(key, note, call)) return;
    const held = await bucket.read(key, call);
    const expiresAt = held === undefined ? 0 : (noteOf(held.text)?.expiresAt ?? 0);
    if (held !== undefined && expiresAt < Date.now() && (await bucket.write(key, note, { ...call, over: held.etag }))) return;
    await sleep(pauseMs, undefined, call).catch(() => undefined);
    if (signal?.aborted === true)
      throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `provision of the volume '${volume}' was aborted` });
  }
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `Another machine has been formatting the volume '${volume}' for more than ${(2 * lockLastsMs) / 1000} s`,
    operation: 'storage.provision',
    hint: `Look for it; if there is none, remove the object '${key}' from the bucket`,
  });
}

function noteOf(text: string): z.output<typeof noteSchema> | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
