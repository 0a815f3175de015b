import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import type { WantedChunk } from '../lazy/chunk-queue.js';
import type { MachineDescription } from '../preflight/machine.js';
import { type MemoryAccount, memoryAccountSchema } from './memory-account.js';

/**
 * What the engine keeps with a snapshot beside its objects: all that a restore needs to know before it starts.
 * `version` grows when a reader of this one could go wrong.
 */
export interface SnapshotMetadata extends MemoryAccount {
  readonly version: 1;
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly roots: readonly { readonly id: string; readonly hostPath: string; readonly destination: string; readonly private: boolean }[];
  /** As the file capture and the container wrote them; each checks its own part. */
  readonly files?: unknown;
  readonly mounts?: unknown;
  readonly container?: unknown;
  readonly outsideFiles?: unknown;
  readonly stdin: { readonly consumedBytes: number; readonly ended: boolean };
  readonly freezeMs?: number | undefined;
  /** The job was ended with this snapshot and did nothing after it. */
  readonly final?: boolean | undefined;
  readonly host: MachineDescription;
  /** What the job waited for first when it was resumed: a hint which pages to bring first the next time. Pids are the job's, pages the first of a chunk. */
  readonly touched?: readonly WantedChunk[] | undefined;
}

const metadataSchema: z.ZodType<SnapshotMetadata> = z
  .object({
    version: z.literal(1),
    command: z.array(z.string()).min(1),
    workingDirectory: z.string(),
    roots: z.array(
      z.object({ id: z.string().min(1), hostPath: z.string().startsWith('/'), destination: z.string().startsWith('/'), private: z.boolean() }),
    ),
    files: z.unknown(),
    mounts: z.unknown(),
    container: z.unknown(),
    outsideFiles: z.unknown(),
    stdin: z.object({ consumedBytes: z.number().int().nonnegative(), ended: z.boolean() }),
    freezeMs: z.number().nonnegative().optional(),
    final: z.boolean().optional(),
    host: z.object({
      kernel: z.string(),
      architecture: z.string(),
      name: z.string(),
      cpu: z.object({ model: z.string(), features: z.array(z.string()) }).optional(),
      criu: z.string().optional(),
    }),
    touched: z.array(z.object({ pid: z.int().min(1), firstPage: z.int().min(0) })).optional(),
  })
  .and(memoryAccountSchema);

export function parseSnapshotMetadata(value: unknown, job: string, number: number): SnapshotMetadata {
  const parsed = metadataSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > 1) {
    throw new HoldfastError('HF_FORMAT_NEWER', {
      message: `snapshot ${number} of job ${job} was written by a newer Holdfast (description version ${version}, this one reads 1)`,
      kind: 'newer-format',
      operation: 'restore',
      hint: 'install the Holdfast that wrote it, or a newer one',
    });
  }
  throw new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `the description of snapshot ${number} of job ${job} is not whole: ${z.prettifyError(parsed.error)}`,
    kind: 'corrupt',
    operation: 'restore',
  });
}
