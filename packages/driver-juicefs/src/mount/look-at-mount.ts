import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CallOptions, runAbandonable } from '@holdfast/core';
import * as z from 'zod';
import type { SeenOptions } from './mount-options.js';

/** What is at a mount point. */
export type MountState =
  | { readonly state: 'none' }
  /** A volume that answers; its cache directories are those of this volume alone. */
  | {
      readonly state: 'volume';
      readonly uuid: string;
      readonly pid: number;
      readonly parentPid: number | undefined;
      readonly cacheDirectories: readonly string[];
      readonly options: SeenOptions;
    }
  /** The client is gone, and every access fails. */
  | { readonly state: 'dead' }
  /** It does not answer. */
  | { readonly state: 'hung'; readonly reason: string }
  | { readonly state: 'other'; readonly type: string };

const configSchema = z.object({
  Format: z.object({ UUID: z.string() }),
  Chunk: z.object({ CacheDir: z.string(), Writeback: z.boolean() }),
  Meta: z.object({ ReadOnly: z.boolean(), Subdir: z.string().default(''), OpenCache: z.number().default(0) }),
  FuseOpts: z.object({ EnableWriteback: z.boolean().default(false) }).prefault({}),
  AttrTimeout: z.number().default(0),
  EntryTimeout: z.number().default(0),
  DirEntryTimeout: z.number().default(0),
  Pid: z.number(),
  PPid: z.number().optional(),
});

/** How whoever mounted it did, as far as it changes what is promised of it. Pure. */
function optionsOf({ Chunk, Meta, FuseOpts, AttrTimeout, EntryTimeout, DirEntryTimeout }: z.output<typeof configSchema>): SeenOptions {
  return {
    readOnly: Meta.ReadOnly,
    writeback: Chunk.Writeback,
    kernelWriteback: FuseOpts.EnableWriteback,
    subdirectory: Meta.Subdir,
    cachesNames: [Meta.OpenCache, AttrTimeout, EntryTimeout, DirEntryTimeout].some((time) => time > 0),
  };
}

/** The inode is 1 where a volume's root is; `.config` tells which volume and by which process. */
const script = '[ "$(stat -c %i -- "$1")" = 1 ] && exec cat -- "$1/.config"';

/** Looks without touching the mount from this process, which would hang with it. */
export async function lookAtMount(path: string, timeoutMs: number, { signal }: CallOptions = {}): Promise<MountState> {
  const type = await mountedType(path);
  if (type === undefined) return { state: 'none' };
  if (type !== 'fuse.juicefs') return { state: 'other', type };
  const outcome = await runAbandonable({
    command: '/bin/sh',
    args: ['-c', script, 'sh', path],
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (outcome.kind === 'not-started') return { state: 'hung', reason: '/bin/sh does not start' };
  if (outcome.kind === 'abandoned') return { state: 'hung', reason: `no answer within ${timeoutMs} ms` };
  if (outcome.stderr.includes('endpoint is not connected')) return { state: 'dead' };
  const parsed = configSchema.safeParse(parseJson(outcome.stdout));
  if (!parsed.success) return { state: 'hung', reason: outcome.stderr.trim() === '' ? 'its .config is not readable' : outcome.stderr.trim() };
  const { Format, Chunk, Pid, PPid } = parsed.data;
  return {
    state: 'volume',
    uuid: Format.UUID,
    pid: Pid,
    parentPid: PPid,
    cacheDirectories: Chunk.CacheDir.split(':').filter((each) => each.startsWith('/')),
    options: optionsOf(parsed.data),
  };
}

/** The kind of the topmost mount at a path, from the kernel's own table. */
async function mountedType(path: string): Promise<string | undefined> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const line = lines.findLast((each) => mountPointOf(each) === path);
  return line?.split(' - ')[1]?.split(' ')[0];
}

/** Of a line of mountinfo. */
export function mountPointOf(line: string): string {
  return unescape(line.split(' ')[4] ?? '');
}

/** mountinfo writes space, tab, newline and backslash as octal numbers. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file of the volume's own, such as `.stats`; undefined where it does not come in time. */
export async function readFromMount(path: string, name: string, timeoutMs: number, { signal }: CallOptions = {}): Promise<string | undefined> {
  const args = ['--', join(path, name)];
  const outcome = await runAbandonable({ command: '/bin/cat', args, timeoutMs, ...(signal === undefined ? {} : { signal }) });
  return outcome.kind === 'exited' && outcome.exitCode === 0 ? outcome.stdout : undefined;
}
