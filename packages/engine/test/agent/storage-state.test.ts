import { HoldfastError, type JobState, silentLogger, systemClock } from '@holdfast/core';
import { describe, expect, test } from 'vitest';
import type { AgentContext, KnownSnapshots } from '../../src/agent/agent-context.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { askStorage, isToResume } from '../../src/agent/storage-state.js';
import type { RunEnvironment } from '../../src/run/run-environment.js';

const setup = { job: 'job', contract: {} } as unknown as ContainerSetup;
const empty: JobState = { job: 'job', epoch: undefined, newest: undefined, sources: [] };

function away(kind: 'unavailable' | 'corrupt' = 'unavailable'): HoldfastError {
  return new HoldfastError('HF_STORAGE_IO', { message: 'the mount is gone', kind, operation: 'open' });
}

interface Scene {
  readonly storage: () => Promise<JobState>;
  readonly known: KnownSnapshots | Error | 'silent';
  readonly otherwise?: 'start' | 'fail';
  readonly waitMs?: number;
}

async function ask({
  storage,
  known,
  otherwise = 'start',
  waitMs = 30,
}: Scene): Promise<{ readonly said: readonly string[]; readonly found: unknown }> {
  const said: string[] = [];
  // Each look takes 20 ms of a time of its own, so that there are two in 30, however busy the machine is.
  let nowMs = 0;
  const state = (): Promise<JobState> => {
    nowMs += 20;
    return storage();
  };
  const resuming = (): void => void said.push('resuming');
  const environment = { store: { state } } as unknown as RunEnvironment;
  const context = {
    clock: { ...systemClock, monotonicMs: () => nowMs },
    logger: silentLogger,
    config: { agent: { storageWaitMs: waitMs, storageUnknown: otherwise } },
    environmentOf: () => Promise.resolve(environment),
    knownSnapshots: async () => {
      if (known instanceof Error) throw known;
      return known === 'silent' ? new Promise(() => undefined) : Promise.resolve(known);
    },
  } as unknown as AgentContext;
  const found = await askStorage(context, setup, { say: (text) => said.push(text), resuming, signal: new AbortController().signal });
  return { said, found: found?.state };
}

describe('a storage that is asked for a container’s job', () => {
  test('tells what it has', async () => {
    await expect(ask({ storage: () => Promise.resolve(empty), known: 'none' })).resolves.toEqual({ said: [], found: empty });
  });

  test('is not waited for where nothing of the job is known', async () => {
    await expect(ask({ storage: () => Promise.reject(away()), known: 'none' })).resolves.toEqual({ said: [], found: undefined });
  });

  test('is waited for, and said to be, where the job has snapshots; in vain, the container must not start', async () => {
    await expect(ask({ storage: () => Promise.reject(away()), known: 'some' })).rejects.toMatchObject({
      code: 'HF_AGENT_STORAGE',
      message: expect.stringContaining('the mount is gone') as string,
    });
  });

  test('may be back while it is waited for', async () => {
    let calls = 0;
    const storage = (): Promise<JobState> => ((calls += 1) === 1 ? Promise.reject(away()) : Promise.resolve({ ...empty, newest: 3 }));
    await expect(ask({ storage, known: 'some' })).resolves.toMatchObject({
      said: ['resuming', expect.stringContaining('waiting up to 0 s') as string],
      found: { newest: 3 },
    });
  });

  test.each([
    ['that fails', new Error('no route to host')],
    ['of another machine', 'unknown'],
    ['that hangs', 'silent'],
  ] as const)('is waited for where a catalog %s cannot tell', async (_what, known) => {
    let calls = 0;
    const storage = (): Promise<JobState> => ((calls += 1) === 1 ? Promise.reject(away()) : Promise.resolve({ ...empty, newest: 3 }));
    await expect(ask({ storage, known, waitMs: 60_000 })).resolves.toMatchObject({
      said: ['job job may have snapshots, and its storage does not answer: waiting up to 60 s for it'],
      found: { newest: 3 },
    });
  });

  test('waited for in vain where nobody can tell, starts the container or not, by the policy', async () => {
    const storage = (): Promise<JobState> => Promise.reject(away());
    await expect(ask({ storage, known: 'unknown' })).resolves.toMatchObject({
      said: [expect.stringContaining('may have') as string],
      found: undefined,
    });
    await expect(ask({ storage, known: 'unknown', otherwise: 'fail' })).rejects.toMatchObject({
      code: 'HF_AGENT_STORAGE',
      message: expect.stringContaining('job job may have snapshots, and its storage did not answer') as string,
    });
  });

  test('that will never be read keeps a job with snapshots from starting anew, and no other', async () => {
    const storage = (): Promise<JobState> => Promise.reject(away('corrupt'));
    await expect(ask({ storage, known: 'some' })).rejects.toMatchObject({ code: 'HF_AGENT_STORAGE', kind: 'corrupt' });
    await expect(ask({ storage, known: 'unknown', otherwise: 'fail' })).rejects.toMatchObject({ code: 'HF_AGENT_STORAGE', kind: 'corrupt' });
    await expect(ask({ storage, known: 'unknown' })).rejects.toMatchObject({ code: 'HF_STORAGE_IO' });
    await expect(ask({ storage, known: 'none' })).rejects.toMatchObject({ code: 'HF_STORAGE_IO' });
  });
});

describe('a job', () => {
  const epoch = { job: 'job', epoch: 2, attempt: 'a', from: undefined, firstNumber: 1, holder: { attempt: 'a', host: 'h', pid: 1 }, claimedAt: '' };

  test.each([
    [true, 'has a snapshot and has not ended', { newest: 4, epoch: { ...epoch, end: undefined } }],
    [false, 'has none', { newest: undefined, epoch: { ...epoch, end: undefined } }],
    [false, 'has ended by itself', { newest: 4, epoch: { ...epoch, end: { exitCode: 1, endedAt: '' } } }],
  ])('goes on: %s, where it %s', (expected, _what, state) => {
    expect(isToResume({ ...empty, ...state })).toBe(expected);
  });
});
