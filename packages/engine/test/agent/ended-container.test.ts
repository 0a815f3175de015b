import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EpochEnd, HoldfastError, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { type ContainerRecord, recordFile, writeContainerRecord } from '../../src/agent/container-record.js';
import { noteEndOfRecord } from '../../src/agent/ended-container.js';
import { liveThrough } from '../catalog/history.js';
import { type CatalogPlace, catalogPlace, contentOf } from '../catalog/place.js';

const finishedAtMs = Date.parse('2026-11-22T03:04:05Z');
const ended = { running: false, paused: false, started: true, exitCode: 3, outOfMemory: false, finishedAtMs, stopSignal: 15 };
const record: ContainerRecord = {
  version: 1,
  id: 'c1',
  name: 'c1',
  job: 'job',
  bundle: '/b',
  root: '/r',
  attempts: ['a', 'b'],
  epochBefore: 0,
  place: { imagePath: undefined, subpath: undefined },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-ended-'));
  await writeContainerRecord(folder, record);
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

interface Scene {
  readonly state?: object | 'gone' | 'silent';
  readonly remembered?: object | undefined;
  readonly holder?: string;
  readonly storage?: () => void;
  readonly given?: ContainerRecord;
  readonly place?: CatalogPlace;
  readonly startsAgain?: AbortSignal;
}

/** The end that the repository was told of, if any. */
async function settle({
  state = ended,
  remembered,
  holder = 'b',
  storage = () => undefined,
  given = record,
  place,
  startsAgain,
}: Scene): Promise<EpochEnd | undefined> {
  let told: EpochEnd | undefined;
  const store = {
    state: () => Promise.resolve({ epoch: { epoch: 4, holder: { attempt: holder }, end: undefined } }),
    end: (_epoch: unknown, end: EpochEnd) => {
      told = end;
      return Promise.resolve();
    },
  };
  const context = {
    config: { stateDirectory: folder, agent: { socket: join(folder, 'run/agent.sock') } },
    docker: { stateOf: () => Promise.resolve(state === 'silent' ? undefined : state), rememberedEnd: () => Promise.resolve(remembered) },
    environmentOf: () =>
      Promise.resolve()
        .then(storage)
        .then(() => (place === undefined ? { store } : { ...place, journal: { folder: join(folder, 'journal'), key: '0' }, logger: silentLogger })),
    logger: silentLogger,
    clock: systemClock,
  } as unknown as AgentContext;
  await noteEndOfRecord(context, given, new AbortController().signal, startsAgain);
  return told;
}

async function relayed(text: string): Promise<void> {
  await mkdir(join(folder, 'run/killed'), { recursive: true });
  await writeFile(join(folder, 'run/killed/c1'), text);
}

const itself = { exitCode: 3, endedAt: '2026-11-22T03:04:05.000Z' };

describe('a container that ended while no agent ran', () => {
  test('by itself: the job’s end is noted', async () => {
    expect(await settle({})).toEqual(itself);
  });

  test('by itself, and Docker removed it then: Docker remembers', async () => {
    expect(await settle({ state: 'gone', remembered: { exitCode: 0, finishedAtMs } })).toEqual({ ...itself, exitCode: 0 });
    expect(await settle({ state: 'gone' })).toBeUndefined();
  });

  test('and that Docker is starting again, which tells no state then: it remembers the end of this run, and of no earlier one', async () => {
    const end = { exitCode: 0, finishedAtMs: Date.now() + 1000, outOfMemory: false };
    const startsAgain = AbortSignal.abort();
    expect(await settle({ state: 'silent', remembered: end })).toMatchObject({ exitCode: 0 });
    expect(await settle({ state: 'silent', remembered: { ...end, finishedAtMs }, startsAgain })).toBeUndefined();
    expect(await settle({ state: 'silent', remembered: { ...end, outOfMemory: true }, startsAgain })).toBeUndefined();
    await relayed(`10 ${Date.now()}\n`);
    expect(await settle({ state: 'silent', remembered: end })).toBeUndefined();
  });

  test.each([
    ['by SIGKILL', { ...ended, exitCode: 137 }],
    ['for lack of memory', { ...ended, outOfMemory: true }],
    ['unseen by Docker', { ...ended, exitCode: 255 }],
    ['and was started again', { ...ended, running: true }],
    ['before it was started', { ...ended, started: false }],
  ])('%s counts as interrupted', async (_what, state) => {
    expect(await settle({ state })).toBeUndefined();
  });

  test.each([
    ['docker stop, by the signal of its image', { ...ended, stopSignal: 10 }, `1 5\n10 ${finishedAtMs - 5000}\n`, undefined],
    ['a signal long before', ended, `15 ${finishedAtMs - 3_600_000}\n`, itself],
    ['a signal that ends nothing', ended, `10 ${finishedAtMs - 5000}\n`, itself],
    ['a line that is being written', ended, `15 ${String(finishedAtMs).slice(0, 3)}`, itself],
  ])('after %s: its end is the job’s own, or not', async (_what, state, text, expected) => {
    await relayed(text);
    expect(await settle({ state })).toEqual(expected);
  });

  test('before the machine was started again counts as interrupted', async () => {
    await utimes(recordFile(folder, 'c1'), 1, 1);
    expect(await settle({})).toBeUndefined();
  });

  test('and whose job another attempt has claimed since is none of ours', async () => {
    expect(await settle({ holder: 'other' })).toBeUndefined();
  });

  test('is asked for once more where the storage does not answer, and not where it never will', async () => {
    let calls = 0;
    const away = (kind: 'unavailable' | 'corrupt') => (): void => {
      if ((calls += 1) === 1) throw new HoldfastError('HF_STORAGE_IO', { message: 'away', kind, operation: 'state' });
    };
    expect(await settle({ storage: away('unavailable') })).toEqual(itself);
    calls = 0;
    expect(await settle({ storage: away('corrupt') })).toBeUndefined();
  });

  test('by itself: the catalog is told as well, also where the agent before told the storage alone', async () => {
    await using place = await catalogPlace();
    const told = [{ record: { status: 'failed', exitCode: 3 }, attempts: [{ outcome: 'exited', ...itself }] }];
    await liveThrough(place, 'job', 'b', { snapshots: 1 });
    await settle({ place });
    expect(await contentOf(place.catalog)).toMatchObject(told);
    const other = await place.fresh();
    await settle({ place: { ...place, catalog: other } });
    expect(await contentOf(other)).toMatchObject(told);
  });

  test('and of which nobody noted where its snapshots are is left as it is', async () => {
    const { place: _place, ...given } = record;
    expect(await settle({ given })).toBeUndefined();
  });
});
