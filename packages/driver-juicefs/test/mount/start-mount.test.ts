import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from '@holdfast/core/basics';
import { assertRejects } from '@holdfast/testkit/contract';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ensureMount } from '../../src/mount/ensure-mount.js';
import { removeMountPoint } from '../../src/mount/mount-point.js';
import { startMount } from '../../src/mount/start-mount.js';
import { fakeJuicefs, type FakeJuicefs } from '../support/fake-juicefs.js';

const isRoot = process.getuid?.() === 0;

async function clients(fake: FakeJuicefs, count: number): Promise<readonly number[]> {
  for (;;) {
    const pids = await fake.mounting();
    if (pids.length >= count) return pids;
    await sleep(10);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

test('an abort takes the client down before it is told, and no directory is left', async () => {
  await using fake = await fakeJuicefs();
  const stop = new AbortController();
  const starting = startMount(fake.setup, { signal: stop.signal });
  starting.catch(() => undefined);
  const [pid = 0] = await clients(fake, 1);
  stop.abort();
  await expect(starting).rejects.toMatchObject({ code: 'HF_ABORTED' });
  expect(processIdentity(pid)).toBeUndefined();
  expect(await isThere(fake.setup.config.mount.path)).toBe(false);
});

test.skipIf(!isRoot)('nobody writes to the directory while the volume is not mounted there, root neither', async () => {
  await using fake = await fakeJuicefs();
  const stop = new AbortController();
  const starting = startMount(fake.setup, { signal: stop.signal });
  starting.catch(() => undefined);
  await clients(fake, 1);
  await expect(writeFile(join(fake.setup.config.mount.path, 'lost'), 'x')).rejects.toMatchObject({ code: 'EPERM' });
  stop.abort();
  await expect(starting).rejects.toMatchObject({ code: 'HF_ABORTED' });
});

/** A process that mounts the volume. */
function anotherHoldfast(fake: FakeJuicefs): ChildProcess {
  const program = `const { startMount } = await import(${JSON.stringify(new URL('../../dist/mount/start-mount.js', import.meta.url).href)});
    await startMount({ config: JSON.parse(process.argv[1]), sources: { environment: process.env } });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(fake.setup.config)], { stdio: 'inherit' });
}

/** The one among a process's children that is, or becomes, the client. */
async function clientOf(parent: number): Promise<number> {
  for (;;) {
    const pids = (await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')).split(' ').filter((pid) => pid !== '');
    for (const pid of pids) if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('--check-storage')) return Number(pid);
    await sleep(10);
  }
}

test('no client runs where whoever starts it is killed before he has noted it', async () => {
  await using fake = await fakeJuicefs();
  const { path } = fake.setup.config.mount;
  // Whoever writes to it waits for a reader.
  await execa('mkfifo', [join(dirname(path), '.mount.starting')]);
  const killed = anotherHoldfast(fake);
  const client = await clientOf(killed.pid ?? 0);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const deadline = performance.now() + 30_000;
  while (processIdentity(client) !== undefined && performance.now() < deadline) await sleep(10);
  const left = processIdentity(client);
  if (left !== undefined) process.kill(-client, 'SIGKILL');
  await removeMountPoint(path);
  expect(left).toBeUndefined();
  expect(await fake.mounting()).toEqual([]);
});

test.each([
  ['/no/such/juicefs', 'it is not there'],
  ['/dev/null', 'it may not be run'],
])('a client that does not start is told as such: %s', async (program, why) => {
  await using fake = await fakeJuicefs();
  const setup = { ...fake.setup, config: { ...fake.setup.config, program } };
  const error = await assertRejects(startMount(setup, { signal: AbortSignal.timeout(10_000) }), { code: 'HF_REQUIREMENT' });
  expect(error.message).toContain(`'${program}' does not start: ${why}`);
});

test('a client that a killed process left mounting is ended by the next attach, at once', async () => {
  await using fake = await fakeJuicefs();
  const killed = anotherHoldfast(fake);
  const [left = 0] = await clients(fake, 1);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(processIdentity(left)).toBeDefined();
  const stop = new AbortController();
  const starting = ensureMount(fake.setup, 'made', { signal: stop.signal });
  starting.catch(() => undefined);
  await clients(fake, 2);
  expect(processIdentity(left)).toBeUndefined();
  stop.abort();
  await expect(starting).rejects.toMatchObject({ code: 'HF_ABORTED' });
});

test('where its client cannot be noted none is left, and no directory', async () => {
  await using fake = await fakeJuicefs();
  await mkdir(join(dirname(fake.setup.config.mount.path), '.mount.starting'));
  const error = await assertRejects(startMount(fake.setup, { signal: AbortSignal.timeout(5000) }), { code: 'HF_STORAGE_PERMISSION' });
  expect(error.message).toContain('EISDIR');
  expect((await fake.mounting()).map(processIdentity).filter((client) => client !== undefined)).toEqual([]);
  expect(await isThere(fake.setup.config.mount.path)).toBe(false);
});
