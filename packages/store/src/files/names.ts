import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { isJobName } from '../job-name.js';

/** What a file's name tells of the snapshot that it belongs to. */
export interface SnapshotName {
  readonly number: number;
  readonly epoch: number;
  readonly attempt: string;
}

const snapshotPattern = /^(\d{10})\.(\d{10})\.([A-Za-z0-9_-]{1,64})$/;
const packPattern = /^(.+)\.(\d{4,9})\.pack$/;
const temporaryPattern = /^tmp\.(.+)\.[0-9a-f]{16}$/;

export function isAttempt(value: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(value);
}

function tenDigits(value: number): string {
  return String(value).padStart(10, '0');
}

export function snapshotName({ number, epoch, attempt }: SnapshotName): string {
  return `${tenDigits(number)}.${tenDigits(epoch)}.${attempt}`;
}

export function manifestName(name: SnapshotName): string {
  return `${snapshotName(name)}.manifest`;
}

export function pageHashesName(name: SnapshotName): string {
  return `${snapshotName(name)}.pages`;
}

/** The mark that makes a manifest count as removed. */
export function condemnedName(name: SnapshotName): string {
  return `${snapshotName(name)}.condemned`;
}

export function packName(name: SnapshotName, ordinal: number): string {
  return `${snapshotName(name)}.${String(ordinal).padStart(4, '0')}.pack`;
}

export function parseManifestName(file: string): SnapshotName | undefined {
  return file.endsWith('.manifest') ? parseSnapshotName(file.slice(0, -'.manifest'.length)) : undefined;
}

export function parsePageHashesName(file: string): SnapshotName | undefined {
  return file.endsWith('.pages') ? parseSnapshotName(file.slice(0, -'.pages'.length)) : undefined;
}

export function parseCondemnedName(file: string): SnapshotName | undefined {
  return file.endsWith('.condemned') ? parseSnapshotName(file.slice(0, -'.condemned'.length)) : undefined;
}

export function parsePackName(file: string): SnapshotName | undefined {
  const stem = packPattern.exec(file)?.[1];
  return stem === undefined ? undefined : parseSnapshotName(stem);
}

const movedPattern = /^moved-(\d{4,9})-[0-9a-f]{16}$/;

/**
 * The name under which blocks of a pack are written anew: number and epoch stay, so that it counts as no newer than that pack, and a random attempt makes
 * it nobody else's.
 */
export function movedPackName({ number, epoch }: SnapshotName, generation: number): string {
  return packName({ number, epoch, attempt: `moved-${String(generation).padStart(4, '0')}-${randomBytes(8).toString('hex')}` }, 1);
}

/** How many times the blocks of a pack were moved; 0 for one that a snapshot wrote. */
export function packGeneration({ attempt }: SnapshotName): number {
  return Number(movedPattern.exec(attempt)?.[1] ?? 0);
}

/** `epoch`: who won it. `ready`: its claim is finished. `end`: how the job ended under it. `started`, `over`: notes of the attempt. */
const epochFileKinds = ['epoch', 'ready', 'end', 'started', 'over'] as const;

export type EpochFileKind = (typeof epochFileKinds)[number];

export function epochFileName(epoch: number, kind: EpochFileKind): string {
  return kind === 'epoch' ? tenDigits(epoch) : `${tenDigits(epoch)}.${kind}`;
}

export function parseEpochName(file: string): { readonly epoch: number; readonly kind: EpochFileKind } | undefined {
  const found = /^(\d{10})(?:\.(\w+))?$/.exec(file);
  const kind = epochFileKinds.find((each) => each === (found?.[2] ?? 'epoch'));
  // The epoch's own file has no ending.
  return found === null || kind === undefined || found[2] === 'epoch' ? undefined : { epoch: Number(found[1]), kind };
}

/**
 * A note among the epochs of a fork: under this epoch the job was made `from` that snapshot, or, `via` the job it was made from, may need blocks of it.
 * It is pinned for this job.
 */
export interface SourceNote {
  readonly epoch: number;
  readonly kind: 'from' | 'via';
  readonly number: number;
  readonly job: string;
}

export function sourceNoteName({ epoch, kind, number, job }: SourceNote): string {
  return `${tenDigits(epoch)}.${kind}.${tenDigits(number)}.${job}`;
}

export function parseSourceNote(file: string): SourceNote | undefined {
  const [, epoch, kind, number, job] = /^(\d{10})\.(from|via)\.(\d{10})\.(.+)$/.exec(file) ?? [];
  if (job === undefined || !isJobName(job)) return undefined;
  return { epoch: Number(epoch), kind: kind === 'from' ? 'from' : 'via', number: Number(number), job };
}

/** A note among the epochs: no snapshot of this epoch up to that number is committed any more, but for those that are there. */
export function abandonedName(epoch: number, number: number): string {
  return `${tenDigits(epoch)}.abandoned.${tenDigits(number)}`;
}

export function parseAbandonedName(file: string): { readonly epoch: number; readonly number: number } | undefined {
  const found = /^(\d{10})\.abandoned\.(\d{10})$/.exec(file);
  return found === null ? undefined : { epoch: Number(found[1]), number: Number(found[2]) };
}

/** What a removal leaves of the job that it removes: its epoch, and the highest number that the job had used. */
export interface RemovedName {
  readonly epoch: number;
  readonly number: number;
}

export function removedName({ epoch, number }: RemovedName): string {
  return `${tenDigits(epoch)}.${tenDigits(number)}`;
}

export function parseRemovedName(file: string): RemovedName | undefined {
  const found = /^(\d{10})\.(\d{10})$/.exec(file);
  return found === null ? undefined : { epoch: Number(found[1]), number: Number(found[2]) };
}

/** A name beside the final one that no reader looks at. */
export function temporaryName(path: string): string {
  return join(dirname(path), `tmp.${basename(path)}.${randomBytes(8).toString('hex')}`);
}

/** The final name that a temporary file was meant for. */
export function parseTemporaryName(file: string): string | undefined {
  return temporaryPattern.exec(file)?.[1];
}

/** What any file of a job tells of its snapshot, temporary ones included. */
export function parseAnySnapshotFile(file: string): SnapshotName | undefined {
  const final = parseTemporaryName(file) ?? file;
  return parseManifestName(final) ?? parseCondemnedName(final) ?? parsePageHashesName(final) ?? parsePackName(final);
}

function parseSnapshotName(stem: string): SnapshotName | undefined {
  const found = snapshotPattern.exec(stem);
  if (found === null || found[3] === undefined) return undefined;
  return { number: Number(found[1]), epoch: Number(found[2]), attempt: found[3] };
}
