import { type CallOptions, HoldfastError } from '@holdfast/core';
import * as z from 'zod';
import { juicefsFailure } from './errors.js';
import { juicefsMetadataUrl } from './metadata-url.js';
import { type JuicefsProgram, juicefsPath, runJuicefs } from './run-juicefs.js';

/** JuiceFS's own words. */
export interface VolumeSetting {
  readonly Name: string;
  readonly UUID: string;
  readonly Storage: string;
  readonly Bucket: string;
  /** KiB. */
  readonly BlockSize: number;
  readonly Compression: string;
  readonly TrashDays: number;
  /** Bytes. */
  readonly Capacity?: number | undefined;
  /** `removed` in place of the key. */
  readonly EncryptKey?: string | undefined;
}

export interface VolumeSession {
  readonly HostName?: string | undefined;
  readonly MountPoint?: string | undefined;
  readonly ProcessID?: number | undefined;
  /** When it ends unless its client renews it, which it does every 12 s. */
  readonly Expire?: string | undefined;
}

interface Status {
  readonly Setting: VolumeSetting;
  readonly Sessions?: readonly VolumeSession[] | null | undefined;
  readonly Stat?: { readonly UsedInodes: number } | null | undefined;
}

const statusSchema: z.ZodType<Status> = z.object({
  Setting: z.object({
    Name: z.string(),
    UUID: z.string(),
    Storage: z.string(),
    Bucket: z.string(),
    BlockSize: z.number(),
    Compression: z.string(),
    TrashDays: z.number(),
    Capacity: z.number().optional(),
    EncryptKey: z.string().optional(),
  }),
  Sessions: z
    .array(
      z.object({
        HostName: z.string().optional(),
        MountPoint: z.string().optional(),
        ProcessID: z.number().optional(),
        Expire: z.string().optional(),
      }),
    )
    .nullish(),
  Stat: z.object({ UsedInodes: z.number() }).nullish(),
});

/** A volume as its metadata engine tells of it. */
export interface Volume {
  readonly setting: VolumeSetting;
  readonly sessions: readonly VolumeSession[];
  readonly usedInodes: number;
}

/** Clocks of machines differ. */
const toleranceMs = 60_000;

/** Sessions of clients that may still live. One whose client is lost stays in the list until some other client that is mounted sweeps it out. Pure. */
export function liveSessions({ sessions }: Pick<Volume, 'sessions'>, now: Date): readonly VolumeSession[] {
  // One whose time cannot be read, or that tells none, counts as alive.
  return sessions.filter(({ Expire = '' }) => !(Date.parse(Expire) + toleranceMs < now.getTime()));
}

/** Undefined where the metadata engine answers and holds no volume. */
export async function readVolume(program: JuicefsProgram, operation: string, options: CallOptions = {}): Promise<Volume | undefined> {
  const args = ['status', juicefsMetadataUrl(program.config.metadata)];
  const { exitCode, stdout, complaints } = await runJuicefs(program, { args, operation, timeoutMs: 30_000, ...options });
  if (exitCode !== 0) {
    if (complaints.some((words) => words.includes('not formatted'))) return undefined;
    throw juicefsFailure({ command: 'status', exitCode, complaints, operation, config: program.config });
  }
  const parsed = statusSchema.safeParse(parseStatusText(stdout));
  if (!parsed.success)
    throw new HoldfastError('HF_REQUIREMENT', {
      kind: 'missing-requirement',
      message: `The program '${juicefsPath(program)}' is not JuiceFS 1.4: what its status printed is not understood`,
      operation,
      hint: "Install JuiceFS 1.4 (docs/juicefs.md says how), and give its path as 'program' or in HOLDFAST_JUICEFS",
    });
  const { Setting, Sessions, Stat } = parsed.data;
  return { setting: Setting, sessions: Sessions ?? [], usedInodes: Stat?.UsedInodes ?? 0 };
}

/** The JSON of `juicefs status`: with MySQL the client's library writes lines of its own before it. Pure. */
export function parseStatusText(stdout: string): unknown {
  try {
    return JSON.parse(stdout.slice(stdout.search(/^\{/mu)));
  } catch {
    return undefined;
  }
}
