import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineSessions, storageInUse } from '@holdfast/core';
import { processIdentity } from '@holdfast/core/basics';
import { afterEach, beforeEach, expect, test } from 'vitest';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hf-sessions-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const folderOf = (name = 'sessions') => join(base, 'run', name);

test('a session is told from enter until it is left, each one for itself', async () => {
  const sessions = machineSessions(folderOf());
  expect(await sessions.list()).toEqual([]);
  const first = await sessions.enter();
  const second = await sessions.enter();
  expect(await machineSessions(folderOf()).list()).toMatchObject([
    { host: hostname(), pid: process.pid },
    { host: hostname(), pid: process.pid },
  ]);
  await first[Symbol.asyncDispose]();
  expect(await sessions.list()).toHaveLength(1);
  await second[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  expect(await sessions.list()).toEqual([]);
  expect(await readdir(join(base, 'run'))).toEqual([]);
});

test('the session of a process that is gone is told no more, and neither is one of the same number', async () => {
  const sessions = machineSessions(folderOf());
  await using _ = await sessions.enter();
  const child = spawn('sleep', ['60']);
  const { pid, startTicks, bootId } = processIdentity(child.pid ?? 0) ?? {};
  await writeFile(join(folderOf(), `${pid}.${startTicks}.${bootId}.00`), '');
  await writeFile(join(folderOf(), `${pid}.${(startTicks ?? 0) + 1}.${bootId}.01`), '');
  await writeFile(join(folderOf(), `${pid}.${startTicks}.00000000-dead-beef.02`), '');
  expect(new Set((await sessions.list()).map((session) => session.pid))).toEqual(new Set([pid, process.pid]));
  expect(await readdir(folderOf())).toHaveLength(2);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await sessions.list()).toMatchObject([{ pid: process.pid }]);
});

test('lasting is no session, and is noted until it is taken away', async () => {
  const sessions = machineSessions(folderOf());
  expect(await sessions.isLasting()).toBe(false);
  await sessions.setLasting(false);
  await sessions.setLasting(true);
  await sessions.setLasting(true);
  expect(await machineSessions(folderOf()).isLasting()).toBe(true);
  expect(await sessions.list()).toEqual([]);
  await sessions.setLasting(false);
  expect(await sessions.isLasting()).toBe(false);
});

test('what was to last does not last beyond a boot of the machine', async () => {
  const sessions = machineSessions(folderOf());
  await sessions.setLasting(true);
  const [name = ''] = await readdir(folderOf());
  await rename(join(folderOf(), name), join(folderOf(), name.replace(/[\da-f]{12}$/u, '0'.repeat(12))));
  expect(await sessions.isLasting()).toBe(false);
});

test('the folder is the owner’s alone', async () => {
  await using _ = await machineSessions(folderOf()).enter();
  expect((await stat(folderOf())).mode & 0o777).toBe(0o700);
});

test.skipIf(process.getuid?.() !== 0)('a folder that another user made first is not used', async () => {
  await mkdir(folderOf(), { recursive: true });
  await chown(folderOf(), 65_534, 65_534);
  await expect(machineSessions(folderOf()).enter()).rejects.toThrow('belongs to user 65534');
  expect(await readdir(folderOf())).toEqual([]);
});

test.each([
  [{ root: '/x', lasting: false, sessions: [] }, undefined],
  [{ root: '/x', lasting: true, sessions: [] }, 'fake:x is in use: it stays attached on this machine'],
  [
    {
      root: undefined,
      lasting: true,
      sessions: [
        { host: 'a', pid: 7, since: undefined },
        { host: 'b', pid: undefined, since: undefined },
      ],
    },
    'fake:x is in use: process 7 on a, a process on b',
  ],
])('why storage of the status %j is not destroyed', (status, message) => {
  expect(storageInUse('fake:x', status)?.message).toBe(message);
});
