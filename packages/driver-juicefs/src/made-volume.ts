import { type CallOptions, HoldfastError } from '@holdfast/core';
import * as z from 'zod';
import type { BucketClient } from './client.js';

/** Lies in the bucket beside a volume that Holdfast made, and says so to `destroy`: one that was there before is never removed. */
export interface MadeVolume {
  readonly version: 1;
  readonly volume: string;
  /** Empty while `pending`. */
  readonly uuid: string;
  /** Written before the format: a kill between the two is told from a volume that was there before. */
  readonly pending?: boolean | undefined;
  /** Its removal has begun: what is left of it may be cleared also where the metadata engine does not know the volume any more. */
  readonly destroying?: boolean | undefined;
}

const noteSchema: z.ZodType<MadeVolume> = z.object({
  version: z.literal(1),
  volume: z.string(),
  uuid: z.string(),
  pending: z.boolean().optional(),
  destroying: z.boolean().optional(),
});

export function madeVolumeKey(volume: string): string {
  return `.holdfast/${volume}.json`;
}

export function parseMadeVolume(text: string): MadeVolume | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export interface FoundNote {
  readonly made: MadeVolume | undefined;
  /** Of the version that was read; undefined where there is none. */
  readonly etag: string | undefined;
}

export async function readMadeVolume(bucket: BucketClient, volume: string, call: CallOptions): Promise<FoundNote> {
  const note = await bucket.read(madeVolumeKey(volume), call);
  return { made: note === undefined ? undefined : parseMadeVolume(note.text), etag: note?.etag };
}

/** Whether Holdfast made this very volume, or was about to. */
export function isMadeVolume({ made }: FoundNote, uuid: string): boolean {
  return made !== undefined && (made.pending === true || made.uuid === uuid);
}

/** Whether its making or its removal was begun and is not known to have ended. */
export function isHalfDone({ made }: FoundNote): boolean {
  return made?.pending === true || made?.destroying === true;
}

/** In place of the version that was found. Throws HF_PROVISION_CONFLICT where another machine changed it meanwhile. */
export async function writeMadeVolume(
  bucket: BucketClient,
  note: MadeVolume,
  { etag }: FoundNote,
  operation: string,
  call: CallOptions,
): Promise<void> {
  const text = JSON.stringify(note);
  if (await bucket.write(madeVolumeKey(note.volume), text, { ...call, ...(etag === undefined ? {} : { over: etag }) })) return;
  // An answer that was lost is repeated by the client, which then meets its own write.
  if ((await bucket.read(madeVolumeKey(note.volume), call))?.text === text) return;
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `Another machine changed the note of the volume '${note.volume}' meanwhile`,
    operation,
    context: { volume: note.volume },
    hint: 'Repeat once nobody else provisions or destroys this storage',
  });
}

/** Writes the identity of a volume that is there into a note that a kill left without; ends a removal that was begun and given up. */
export async function completeMadeVolume(bucket: BucketClient, volume: string, uuid: string, operation: string, call: CallOptions): Promise<void> {
  const found = await readMadeVolume(bucket, volume, call);
  if (found.made === undefined || !isHalfDone(found)) return;
  if (found.made.pending !== true && found.made.uuid !== uuid) return;
  await writeMadeVolume(bucket, { version: 1, volume, uuid }, found, operation, call);
}
