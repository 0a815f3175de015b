import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { HoldfastError, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEventBody } from '../../src/run/events.js';
import { Snapshotter, type SnapshotterOptions } from '../../src/run/snapshotter.js';

let init: ChildProcess;
beforeEach(async () => {
  init = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(init, 'spawn');
});
afterEach(() => init.kill('SIGKILL'));

/** Of a job whose first process is the child, and whose snapshots fail of `begin`. */
function failing(begin: () => Promise<never>): { readonly snapshotter: Snapshotter; readonly told: readonly RunEventBody[] } {
  const told: RunEventBody[] = [];
  const emit = (event: RunEventBody): void => void told.push(event);
  const context = {
    job: 'job',
    container: { initPid: init.pid },
    store: { begin },
    clock: systemClock,
    logger: silentLogger,
    signal: new AbortController().signal,
    emit,
  };
  const snapshotter = new Snapshotter({
    context,
    emit,
    obstacles: { look: () => Promise.resolve(undefined) },
    parent: { ref: undefined, trees: undefined, images: undefined },
    keep: 1,
    graceMs: 0,
    onFenced: () => undefined,
  } as unknown as SnapshotterOptions);
  return { snapshotter, told };
}

const failure = new HoldfastError('HF_SNAPSHOT_DISCARDED', { kind: 'conflict', message: 'the job was not frozen' });

test('a snapshot that fails is told', async () => {
  const { snapshotter, told } = failing(() => Promise.reject(failure));
  await expect(snapshotter.take('interval')).rejects.toBe(failure);
  expect(told).toMatchObject([{ type: 'snapshot.started' }, { type: 'snapshot.failed', code: 'HF_SNAPSHOT_DISCARDED' }]);
});

test('one that fails since the job was killed is none that failed', async () => {
  const { snapshotter, told } = failing(() => {
    // Its end comes after the failure.
    setTimeout(() => init.kill('SIGKILL'), 50);
    return Promise.reject(failure);
  });
  await expect(snapshotter.take('interval')).rejects.toMatchObject({ code: 'HF_JOB_NOT_RUNNING', cause: failure });
  expect(told).toMatchObject([{ type: 'snapshot.started' }]);
});

test('a fenced attempt is told as that, whatever becomes of the job', async () => {
  const fenced = new HoldfastError('HF_FENCED', { kind: 'fenced', message: 'taken over' });
  const { snapshotter } = failing(() => {
    init.kill('SIGKILL');
    return Promise.reject(fenced);
  });
  await expect(snapshotter.take('interval')).rejects.toBe(fenced);
});
