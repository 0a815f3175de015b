import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CheckpointRef, CheckpointStore, Epoch, ObjectInput, ObjectResult } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { expect } from 'vitest';
import type { RunningContainer } from '../../src/container/running-container.js';
import { isStored } from '../../src/images/image-names.js';
import { RebuiltImages } from '../../src/images/rebuilt-images.js';
import { StagedImages } from '../../src/images/staged-images.js';
import { type Machine, until } from '../container/machine.js';

const source = fileURLToPath(new URL('./memory-shapes.c', import.meta.url));

/** The program of memory-shapes.c as a job, up to round 0. */
export async function startShape(machine: Machine, processes: number, ...shape: readonly string[]): Promise<RunningContainer> {
  await promisify(execFile)('gcc', ['-O2', '-pthread', '-o', join(machine.cwd, 'shapes'), source]);
  // Without it the kernel notes the processor in memory of each thread that goes on, whoever makes it go on.
  const container = await machine.start(['./shapes', ...shape], { environment: { GLIBC_TUNABLES: 'glibc.pthread.rseq=0' } });
  await reached(machine, 0, processes);
  return container;
}

/** Lets the job change its memory, and waits until each process did. */
export async function goOn(machine: Machine, round: number, processes: number): Promise<void> {
  machine.write(`go-${round}`, '');
  await reached(machine, round, processes);
}

async function reached(machine: Machine, round: number, processes: number): Promise<void> {
  await until(() => {
    const errors = machine.read(join(machine.base, 'stderr'));
    if (errors !== '') throw new Error(errors);
    return machine.lines().filter((line) => line.endsWith(`round ${round}`)).length >= processes;
  });
}

export interface StoredDump {
  readonly ref: CheckpointRef;
  readonly objects: readonly ObjectInput[];
  readonly results: ReadonlyMap<string, ObjectResult>;
  /** Of objects of memory. */
  readonly changedPages: number;
  readonly pages: number;
}

/** A repository in the machine's folder, and one job's epoch in it. */
export async function openShapeStore(machine: Machine): Promise<{ readonly store: CheckpointStore; readonly epoch: Epoch }> {
  const root = join(machine.base, 'repository');
  mkdirSync(root);
  const store = await openRepository({ root, create: true });
  return { store, epoch: await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' }) };
}

/** One snapshot of staged images, or of those in a folder, as a run takes it. */
export async function storeDump(
  store: CheckpointStore,
  epoch: Epoch,
  parent: CheckpointRef | undefined,
  images: StagedImages | string,
): Promise<StoredDump> {
  const objects = await (typeof images === 'string' ? new StagedImages(images) : images).objects();
  await using writer = await store.begin(epoch, parent);
  const results = new Map<string, ObjectResult>();
  for (const object of objects) results.set(object.key, await writer.put(object));
  const { outcome, summary } = await writer.commit({});
  expect(outcome).toBe('committed');
  const memory = objects.filter(({ kind }) => kind === 'memory');
  return {
    ref: summary,
    objects,
    results,
    changedPages: memory.reduce((sum, { key }) => sum + (results.get(key)?.changedPages ?? 0), 0),
    pages: memory.reduce((sum, { sizeBytes }) => sum + sizeBytes / 4096, 0),
  };
}

/** Rebuilds a snapshot's images into the folder and compares them with those that were dumped, byte for byte. */
export async function expectRebuilt(store: CheckpointStore, ref: CheckpointRef, images: string, folder: string): Promise<void> {
  await using reader = await store.open(ref);
  await new RebuiltImages(folder).write(reader);
  const names = readdirSync(images).filter(isStored).sort();
  expect(readdirSync(folder).sort()).toEqual(names);
  for (const name of names) expect(readFileSync(join(folder, name)).equals(readFileSync(join(images, name))), name).toBe(true);
}

/** Takes huge pages beside those that there are, and gives them back. Undefined where the machine gives none. */
export function reserveHugePages(count: number): AsyncDisposable | undefined {
  const path = '/proc/sys/vm/nr_hugepages';
  if (!existsSync(path)) return undefined;
  const read = (): number => Number(readFileSync(path, 'utf8'));
  const before = read();
  const giveBack = async (): Promise<void> => writeFileSync(path, String(before));
  writeFileSync(path, String(before + count));
  if (read() === before + count) return { [Symbol.asyncDispose]: giveBack };
  writeFileSync(path, String(before));
  return undefined;
}
