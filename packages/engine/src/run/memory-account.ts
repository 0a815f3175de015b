import { z } from 'zod';

/** `twin`: read from copies of the job's processes while the job ran on. Else from images that CRIU wrote into memory or onto the local disk. */
export type MemoryFrom = 'twin' | 'staged-memory' | 'staged-disk';

/** How a snapshot came by the job's memory. */
export interface MemoryAccount {
  readonly memoryFrom: MemoryFrom;
  /** Why it did not come from a twin. */
  readonly twinRefused?: string | undefined;
  /** Where it did: why CRIU was not spared the look at every page. */
  readonly coverRefused?: string | undefined;
  /** The snapshot whose twin was kept and told which memory had changed since. */
  readonly changedFrom?: number | undefined;
  /** What was not read thanks to that. */
  readonly unreadBytes?: number | undefined;
  /** Where twins are to be kept and the attempt has a snapshot: why there was none of it that could tell. */
  readonly keptTwinRefused?: string | undefined;
}

/** As part of a snapshot's record. Of no use to a restore: what a later version may write here does not keep this one from reading the rest. */
export const memoryAccountSchema: z.ZodType<MemoryAccount> = z.object({
  memoryFrom: z.enum(['twin', 'staged-memory', 'staged-disk']),
  twinRefused: z.string().optional(),
  coverRefused: z.string().optional(),
  changedFrom: z.int().optional(),
  unreadBytes: z.int().nonnegative().optional(),
  keptTwinRefused: z.string().optional(),
});

/** Of a snapshot whose record cannot be read every field is undefined. */
export type KnownMemoryAccount = { readonly [Field in keyof MemoryAccount]-?: MemoryAccount[Field] | undefined };

/** The account alone, out of a record that has it among other things, with all its fields. */
export function memoryAccountOf(record: MemoryAccount | undefined): KnownMemoryAccount {
  return {
    memoryFrom: record?.memoryFrom,
    twinRefused: record?.twinRefused,
    coverRefused: record?.coverRefused,
    changedFrom: record?.changedFrom,
    unreadBytes: record?.unreadBytes,
    keptTwinRefused: record?.keptTwinRefused,
  };
}
