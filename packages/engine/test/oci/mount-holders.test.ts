import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { type HostMount, parseMountInfo } from '../../src/container/host-mounts.js';
import { holdersOf } from '../../src/oci/mount-holders.js';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** A process with copies of all mounts in a namespace of its own. */
async function startHolder(): Promise<number> {
  const started = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', 'echo up; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child = started;
  await once(started.stdout, 'data');
  return started.pid ?? 0;
}

function procHere(): HostMount {
  const found = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')).find(({ mountPoint }) => mountPoint === '/proc');
  if (found === undefined) throw new Error('there is no /proc');
  return found;
}

it('who has a copy of a mount in a namespace of its own is found', async () => {
  const pid = await startHolder();
  expect(await holdersOf(procHere())).toContainEqual({ pid, name: 'sleep', mountPoint: '/proc' });
});

it('a later file system that was given the number of one that is gone is nobody’s copy of it', async () => {
  await startHolder();
  const gone = { ...procHere(), type: 'overlay', superOptions: ['rw', 'lowerdir=/l', 'upperdir=/u', 'workdir=/w'] };
  expect(await holdersOf(gone)).toEqual([]);
  expect(await holdersOf({ ...procHere(), superOptions: ['rw', 'upperdir=/of/another'] })).toEqual([]);
});
