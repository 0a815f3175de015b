import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DumpOptions } from '../../src/container/dump.js';
import type { FileCapture } from '../../src/files/index.js';
import { freezeJob } from '../../src/run/freeze-job.js';
import type { RunContext } from '../../src/run/run-context.js';
import type { PreparedTwins } from '../../src/twin/twins.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-freeze-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** A job without a process; `done` is what was done with it, in order. */
function jobOf(dumpTimeoutMs: number) {
  const done: string[] = [];
  const does = (what: string) => () => Promise.resolve(void done.push(what));
  const container = {
    // No process of that number has terminals.
    initPid: 0,
    freezerFiles: { version: 2 },
    processes: () => Promise.resolve([]),
    openFiles: () => Promise.resolve([]),
    prepareDump: () => Promise.resolve({ run: () => Promise.resolve({ lostFiles: [] }), cancel: does('dump over') }),
    stdin: () => Promise.resolve({ consumedBytes: 0, ended: false }),
    drain: () => Promise.resolve(),
    assertFrozen: () => Promise.resolve(),
    freeze: does('frozen'),
    thaw: does('thawed'),
  };
  const context = {
    container,
    roots: [],
    limits: { dumpTimeoutMs },
    twins: { compareKept: () => Promise.resolve({ unchanged: new Map() }) },
    signal: new AbortController().signal,
    clock: systemClock,
    logger: silentLogger,
  };
  return { context: context as unknown as RunContext, done, does };
}

type Frozen = (files: unknown, options?: { readonly signal?: AbortSignal | undefined }) => Promise<unknown>;

const freeze = (context: RunContext, frozen: Frozen) =>
  freezeJob(context, { frozen } as unknown as FileCapture, folder, 'thaw', undefined, undefined);

test('files that are not captured in time let the job run on, and the snapshot fails', async () => {
  const { context, done } = jobOf(20);
  let told: AbortSignal | undefined;
  const hanging: Frozen = (_files, options) => {
    told = options?.signal;
    return new Promise(() => undefined);
  };
  await expect(freeze(context, hanging)).rejects.toMatchObject({ code: 'HF_DUMP_TIMEOUT', operation: 'capture' });
  expect(done).toEqual(['frozen', 'thawed', 'dump over']);
  expect(told?.aborted).toBe(true);
});

test('a look at its open files that hangs does, too', async () => {
  const { context, done } = jobOf(20);
  const hanging = { ...context, container: { ...context.container, openFiles: () => new Promise(() => undefined) } } as unknown as RunContext;
  await expect(freeze(hanging, () => Promise.resolve())).rejects.toMatchObject({ code: 'HF_DUMP_TIMEOUT' });
  expect(done).toEqual(['frozen', 'thawed', 'dump over']);
});

test('those that are let it run on as soon as both halves are done', async () => {
  const { context, done, does } = jobOf(60_000);
  const frozen = await freeze(context, does('captured'));
  expect(frozen).toMatchObject({ lostFiles: [], outsideFiles: [] });
  expect(done).toEqual(['frozen', 'captured', 'thawed', 'dump over']);
});

test('whoever needs the list of processes gets that of one look', async () => {
  const { context, does } = jobOf(60_000);
  const told: unknown[] = [];
  const tell = (who: string, result: unknown) => (list: unknown) => {
    told.push([who, list]);
    return Promise.resolve(result);
  };
  const container = {
    ...context.container,
    processes: tell('processes', []),
    openFiles: tell('openFiles', []),
    prepareDump: () => Promise.resolve({ run: tell('dump', { lostFiles: [] }), cancel: does('dump over') }),
  };
  const covers = { choose: () => Promise.resolve({ means: undefined }) };
  const twins = { fork: (dump: { readonly processes: unknown }) => tell('twins', undefined)(dump.processes) } as unknown as PreparedTwins;
  const capture = { frozen: () => Promise.resolve() } as unknown as FileCapture;
  await freezeJob({ ...context, container, covers } as unknown as RunContext, capture, folder, 'thaw', twins, undefined);
  expect(told).toHaveLength(4);
  expect(told).toEqual(
    expect.arrayContaining([
      ['processes', undefined],
      ['openFiles', []],
      ['dump', []],
      ['twins', []],
    ]),
  );
});

test('what stands in the way of any dump is not laid to the cover', async () => {
  const { context } = jobOf(60_000);
  const hung = new HoldfastError('HF_MOUNT_HUNG', { kind: 'unavailable', message: 'it does not answer' });
  const refused: unknown[] = [];
  const failing = {
    ...context,
    container: { ...context.container, prepareDump: () => Promise.reject(hung) },
    covers: { choose: () => Promise.resolve({ means: { cache: undefined } }), refuse: (...words: readonly unknown[]) => void refused.push(words) },
  } as unknown as RunContext;
  const capture = { frozen: () => Promise.resolve() } as unknown as FileCapture;
  await expect(freezeJob(failing, capture, folder, 'thaw', {} as unknown as PreparedTwins, undefined)).rejects.toBe(hung);
  expect(refused).toEqual([]);
});

test('a preparation with a cover that fails leaves nothing to the one without', async () => {
  const { context } = jobOf(60_000);
  const means = { cache: undefined };
  const refused: unknown[] = [];
  const prepared: unknown[] = [];
  const noRoom = new Error('no room');
  const prepareDump = async ({ imagesDir, workDir, cover }: DumpOptions): Promise<unknown> => {
    prepared.push([cover, existsSync(imagesDir), existsSync(workDir)]);
    for (const made of [imagesDir, workDir]) await mkdir(made, { recursive: true });
    await writeFile(join(workDir, 'cover'), '');
    if (cover !== undefined) throw noRoom;
    return context.container.prepareDump({ imagesDir, workDir, deadlineMs: 0 });
  };
  const failing = {
    ...context,
    container: { ...context.container, prepareDump },
    covers: { choose: () => Promise.resolve({ means }), refuse: (...words: readonly unknown[]) => void refused.push(words) },
  } as unknown as RunContext;
  const twins = { fork: () => Promise.resolve('twins') } as unknown as PreparedTwins;
  const capture = { frozen: () => Promise.resolve() } as unknown as FileCapture;
  const frozen = await freezeJob(failing, capture, folder, 'thaw', twins, undefined);
  expect(prepared).toEqual([
    [means, false, false],
    [undefined, false, false],
  ]);
  expect(refused).toEqual([['dump', noRoom]]);
  expect(frozen).toMatchObject({ covered: false, coverRefused: 'dump', twins: 'twins' });
});
