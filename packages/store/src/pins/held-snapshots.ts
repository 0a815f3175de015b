import { join } from 'node:path';
import { MalformedBytes } from '../codec/byte-reader.js';
import { sealedJsonLimitBytes } from '../codec/sealed-json.js';
import { listIfThere } from '../files/directories.js';
import { parseManifestName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { readFully, withFile } from '../files/whole-files.js';
import { isJobName } from '../job-name.js';
import { type JobPaths, jobPaths, type StoreContext } from '../repository/store-context.js';
import { type PinName, parsePinName } from './pin-name.js';
import { decodePin, defaultPinLifetimeMs } from './pin-record.js';
import type { StorageTime } from './storage-time.js';

/** What the pins of a job hold. */
export interface HeldSnapshots {
  /** Numbers that must stay. */
  readonly numbers: ReadonlySet<number>;
  /** True while somebody reads: he may have packs open. */
  readonly read: boolean;
  /** Jobs that were forked from it, and still need it or are just being made. */
  readonly forks: ReadonlySet<string>;
  /** Pins that a person made. */
  readonly byHand: readonly string[];
  /** Pins of readers that are long dead. */
  readonly dead: readonly string[];
}

/** A fork takes moments; one that stands still for as long is taken for dead. */
export const forkLifetimeMs = 86_400_000;

/** Reads `pins/`; see docs/format.md, "Pins". */
export async function heldSnapshots(context: StoreContext, paths: JobPaths, time: StorageTime): Promise<HeldSnapshots> {
  const numbers = new Set<number>();
  const forks = new Set<string>();
  const [dead, byHand]: [string[], string[]] = [[], []];
  let read = false;
  for (const file of await listIfThere(context.files, paths.pins)) {
    const name = parsePinName(file);
    if (name === undefined) continue;
    const state = await stateOf(context, join(paths.pins, file), name, time);
    if (state === 'live') {
      numbers.add(name.number);
      read ||= name.kind === 'read';
      if (name.kind === 'fork') forks.add(name.job);
      if (name.kind === 'other') byHand.push(file);
    } else if (state === 'dead') dead.push(file);
  }
  return { numbers, read, forks, byHand, dead };
}

/** `expired`: it holds nothing, but whoever made it may still be about to renew it. */
type PinState = 'live' | 'expired' | 'dead';

async function stateOf(context: StoreContext, path: string, name: PinName, time: StorageTime): Promise<PinState> {
  if (name.kind === 'other') return 'live';
  if (name.kind === 'fork' && (!isJobName(name.job) || (await hasSnapshots(context, name.job)))) return 'live';
  const pin = await lookAt(context, path);
  if (pin === undefined) return 'expired';
  const lifetimeMs = name.kind === 'fork' ? forkLifetimeMs : pin.lifetimeMs;
  if (!(await time.isOlder(pin.modifiedMs, lifetimeMs))) return 'live';
  return name.kind === 'read' && (await time.isOlder(pin.modifiedMs, 2 * lifetimeMs)) ? 'dead' : 'expired';
}

/** Only names count: what a snapshot of the fork needs is the fork's own to know. */
async function hasSnapshots(context: StoreContext, job: string): Promise<boolean> {
  return (await listIfThere(context.files, jobPaths(context.root, job).manifests)).some((file) => parseManifestName(file) !== undefined);
}

/** Undefined where it is gone. One that cannot be read, as a loss of power may leave it, has the usual lifetime. */
async function lookAt({ files }: StoreContext, path: string): Promise<{ readonly modifiedMs: number; readonly lifetimeMs: number } | undefined> {
  try {
    return await withFile(files, path, async (file, sizeBytes) => {
      const { modifiedMs } = await file.info();
      const bytes = Buffer.alloc(Math.min(sizeBytes, sealedJsonLimitBytes));
      await readFully(file, bytes, 0);
      return { modifiedMs, lifetimeMs: lifetimeOf(bytes) };
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function lifetimeOf(bytes: Buffer): number {
  try {
    return decodePin(bytes).lifetimeMs ?? defaultPinLifetimeMs;
  } catch (error) {
    if (error instanceof MalformedBytes) return defaultPinLifetimeMs;
    throw error;
  }
}
