import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
// The built modules: the process that they start is a file beside them.
import { repositoryAhead } from '../../dist/repository/ahead.js';
import { openRemoteStore } from '../../dist/repository/remote-store.js';
import { RepositoryProcess } from '../../dist/repository/repository-process.js';
import { repositoryProcesses } from './repository-processes.js';

const deadlines = { callMs: 60_000, minimumBytesPerSecond: 1e6 };

test('a process that was started ahead serves whoever takes it first, also where it was ready long before', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-ahead-'));
  const before = new Set(repositoryProcesses());
  const ahead = repositoryAhead();
  const child = ahead.take() ?? expect.unreachable();
  expect(ahead.take() === undefined).toBe(true);
  await once(child, 'message');
  const started = new RepositoryProcess(deadlines, silentLogger, child);
  const store = await openRemoteStore({ root, create: true, compresses: false, logger: silentLogger, deadlines, started });
  try {
    expect(await store.jobs()).toEqual([]);
    expect(repositoryProcesses().filter((pid) => !before.has(pid))).toEqual([child.pid]);
  } finally {
    await store[Symbol.asyncDispose]();
    await rm(root, { recursive: true });
  }
});

test('one that has ended is not handed out', async () => {
  const before = new Set(repositoryProcesses());
  const ahead = repositoryAhead();
  const [pid = expect.unreachable()] = repositoryProcesses().filter((each) => !before.has(each));
  process.kill(pid, 'SIGKILL');
  // A zombie is there until this process has heard of its end.
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  expect(ahead.take() === undefined).toBe(true);
});
