import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, silentLogger } from '@holdfast/core';
import type { TwinHelper } from '@holdfast/twin';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseMemory } from '../../src/run/choose-memory.js';
import { putCaptured } from '../../src/run/put-captured.js';
import { noTwin } from '../../src/twin/refused.js';
import { Twins } from '../../src/twin/twins.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-twins-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new Promise<void>(() => undefined);

function twinsWith(start: () => Promise<TwinHelper>, group = join(folder, 'job')): Twins {
  const control = join(group, 'cgroup.freeze');
  const freezerFiles = { version: 2, folder: group, control, frozen: '1', thawed: '0', state: control, isFrozen: /1/ } as const;
  return new Twins({
    start,
    logger: silentLogger,
    container: { initPid: process.pid, freezerFiles, processes: () => Promise.resolve([process.pid]) },
  });
}

const helper: TwinHelper = {
  fork: () => Promise.reject(new Error('not part of this fake')),
  changedPages: () => Promise.resolve([]),
  drop: () => Promise.resolve(),
  sweep: () => Promise.resolve(),
  gone: never,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const good = (): Promise<TwinHelper> => Promise.resolve(helper);

test.each([
  ['staged', 'thaw', undefined, 'off'],
  ['auto', 'end', undefined, 'stays-frozen'],
  ['auto', 'hold', undefined, 'stays-frozen'],
  ['twin', 'end', undefined, 'stays-frozen'],
  ['auto', 'thaw', 'lost', 'lost'],
  ['auto', 'thaw', undefined, undefined],
  ['twin', 'thaw', undefined, undefined],
] as const)(
  'with memory %s a snapshot after which the job shall %s, refused before as %s, is without twin because: %s',
  async (memory, after, before, reason) => {
    const twins = twinsWith(good);
    const choice = await chooseMemory({ memory, twins }, after, 4096, before);
    expect(choice.refused).toBe(reason);
    expect(choice.twins === undefined).toBe(reason !== undefined);
  },
);

test.each([
  ['helper', twinsOfMissingHelper, 4096],
  ['group', () => twinsWith(good, join(folder, 'gone', 'job')), 4096],
  ['no-room', () => twinsWith(good), 2 ** 52],
] as const)(
  'a twin that cannot be because of %s gives way to staged images, and is refused where it was insisted on',
  async (reason, twins, memoryBytes) => {
    expect(await chooseMemory({ memory: 'auto', twins: twins() }, 'thaw', memoryBytes, undefined)).toEqual({ twins: undefined, refused: reason });
    await expect(chooseMemory({ memory: 'twin', twins: twins() }, 'thaw', memoryBytes, undefined)).rejects.toMatchObject({
      code: 'HF_TWIN_REFUSED',
      context: { reason },
    });
  },
);

function twinsOfMissingHelper(): Twins {
  return twinsWith(() => Promise.reject(new Error('no such program')));
}

test.each([
  ['seccomp', 8],
  ['dump', 8],
  ['no-room', 0],
  ['lost', 0],
] as const)('once a twin was refused because of %s, so many snapshots go without trying: %i', async (reason, expected) => {
  const twins = twinsWith(good);
  twins.note(new HoldfastError('HF_TWIN_REFUSED', { message: 'x', kind: 'conflict', context: { reason } }));
  const refused: unknown[] = [];
  for (let number = 0; number < 10; number += 1) refused.push((await chooseMemory({ memory: 'auto', twins }, 'thaw', 4096, undefined)).refused);
  expect(refused).toEqual([...Array<string>(expected).fill('again-later'), ...Array<undefined>(10 - expected).fill(undefined)]);
});

test.each([
  ['was announced', true, new Error('any')],
  ['shows in what cannot be read', false, new HoldfastError('HF_FILE_CHANGED', { message: 'short', kind: 'conflict' })],
])('a twin whose loss %s is told as lost', async (_, announced, failure) => {
  const lost = new AbortController();
  const source = {
    objects: () => {
      if (announced) lost.abort(noTwin('lost', 'gone'));
      return Promise.reject(failure);
    },
  };
  const context = { signal: new AbortController().signal, emit: () => undefined, clock: { now: () => new Date(), monotonicMs: () => 0 } };
  const put = putCaptured(
    context,
    { put: () => Promise.resolve({ changedPages: 0, unreadPages: 0 }) },
    source,
    { pages: new Map() } as never,
    lost.signal,
  );
  await expect(put).rejects.toMatchObject({ code: 'HF_TWIN_REFUSED', context: { reason: 'lost' } });
});

test('a new helper sweeps before it is used, and is let go of where it cannot', async () => {
  const said: string[] = [];
  const unable: TwinHelper = {
    ...helper,
    sweep: ({ freezer }) => {
      said.push(`sweep ${freezer.kind} ${freezer.directory}`);
      return Promise.reject(noTwin('traced', 'a debugger is there'));
    },
    [Symbol.asyncDispose]: () => {
      said.push('ended');
      return Promise.resolve();
    },
  };
  const twins = twinsWith(() => Promise.resolve(unable));
  const choice = await chooseMemory({ memory: 'auto', twins }, 'thaw', 4096, undefined);
  expect(choice.refused).toBe('traced');
  expect(said).toEqual([`sweep v2 ${join(folder, 'job')}`, 'ended']);
});
