import * as z from 'zod';

/** Lies in the bucket beside a volume that Holdfast made, and says so to `destroy`: one that was there before is never removed. */
export interface MadeVolume {
  readonly version: 1;
  readonly volume: string;
  readonly uuid: string;
  /** Its removal has begun: what is left of it may be cleared also where the metadata engine does not know the volume any more. */
  readonly destroying?: boolean | undefined;
}

const noteSchema: z.ZodType<MadeVolume> = z.object({
  version: z.literal(1),
  volume: z.string(),
  uuid: z.string(),
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
