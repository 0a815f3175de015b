import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobState } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContainerEntry } from '../../src/agent/container-entry.js';
import { containerDirectory, readContainerRecords, removeContainerRecord } from '../../src/agent/container-record.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';

const setup = { id: 'c1', name: 'name', job: 'job', bundle: '/bundle', root: '/root', contract: { subpath: 'below' } } as unknown as ContainerSetup;

function state(epoch: number, attempt: string): JobState {
  const holder = { attempt, host: 'h', pid: 1 };
  return {
    job: 'job',
    epoch: { job: 'job', epoch, attempt, from: undefined, firstNumber: 1, holder, claimedAt: '', end: undefined },
    newest: 1,
    sources: [],
  };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-entry-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

describe('a container’s record', () => {
  test('is its owner’s alone, read by the next agent, and removed', async () => {
    const entry = new ContainerEntry(setup, '');
    await entry.noteAttempt(folder, 'a', state(3, 'before'));
    await entry.noteAttempt(folder, 'b', state(4, 'a'));
    expect((await stat(join(containerDirectory(folder, 'c1'), 'record.json'))).mode & 0o777).toBe(0o600);
    const expected = {
      version: 1,
      id: 'c1',
      name: 'name',
      job: 'job',
      bundle: '/bundle',
      root: '/root',
      attempts: ['a', 'b'],
      epochBefore: 3,
      place: { subpath: 'below' },
    };
    await expect(readContainerRecords(folder)).resolves.toEqual([expected]);
    await removeContainerRecord(folder, 'c1');
    await expect(readContainerRecords(folder)).resolves.toEqual([]);
  });

  test('that cannot be read is none', async () => {
    await new ContainerEntry(setup, '').noteAttempt(folder, 'a', state(1, 'x'));
    await writeFile(join(containerDirectory(folder, 'c1'), 'record.json'), '{"version":2}');
    await expect(readContainerRecords(folder)).resolves.toEqual([]);
  });
});

test('what failed since the newest snapshot is told, and forgotten with the next', () => {
  const entry = new ContainerEntry(setup, '');
  const base = { job: 'job', attempt: 'a', reason: 'interval' as const };
  const failed = (at: string, message: string): void =>
    entry.hear({ ...base, type: 'snapshot.failed', at, code: 'HF_DUMP_FAILED', message, hint: 'h' });
  failed('t1', 'one');
  failed('t2', 'two');
  expect(entry.status()).toMatchObject({
    snapshots: 0,
    failuresInRow: 2,
    lastFailure: { at: 't2', code: 'HF_DUMP_FAILED', message: 'two', hint: 'h' },
  });
  const numbers = { number: 1, freezeMs: 1, totalMs: 1, logicalBytes: 1, storedBytes: 1 };
  entry.hear({ ...base, type: 'snapshot.committed', at: 't3', createdAt: 't3', memoryFrom: 'staged-disk', twinRefused: 'pids', ...numbers });
  expect(entry.status()).toMatchObject({ memoryFrom: 'staged-disk', twinRefused: 'pids', snapshots: 1, failuresInRow: 0, lastFailure: undefined });
});

describe('whose job it is', () => {
  test.each([
    ['claimed by this container', state(4, 'a'), { own: true, takenOver: false }],
    ['claimed by nobody since: the agent died before it did', state(3, 'before'), { own: false, takenOver: false }],
    ['claimed by another one since', state(5, 'other'), { own: false, takenOver: true }],
    ['removed', { ...state(0, ''), epoch: undefined }, { own: false, takenOver: false }],
  ])('%s', async (_what, now, expected) => {
    const entry = new ContainerEntry(setup, '');
    await entry.noteAttempt(folder, 'a', state(3, 'before'));
    expect({ own: entry.isOwn(now), takenOver: entry.isTakenOver(now) }).toEqual(expected);
  });

  test('nobody has taken over what was never claimed', () => {
    expect(new ContainerEntry(setup, '').isTakenOver(state(9, 'other'))).toBe(false);
  });
});
