import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AdoptedContainer, type AdoptedContainerOptions } from '../../../src/container/adopted/adopted-container.js';
import { ownProcessIdentity, processIdentity } from '../../../src/container/process-identity.js';

let folder: string;
let other: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-restarted-'));
  other = spawn('sleep', ['600']);
  await mkdir(join(folder, 'group'));
  await mkdir(join(folder, 'runc/c1'), { recursive: true });
  await writeFile(join(folder, 'group/cgroup.procs'), `${other.pid}\n`);
});
afterEach(async () => {
  other.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const gone = { ...ownProcessIdentity(), startTicks: 1 };

/** One that has ended, while a process is in the control group of its name. */
function ended(): AdoptedContainer {
  return new AdoptedContainer({
    id: 'c1',
    init: gone,
    runc: { root: join(folder, 'runc') },
    freezer: { files: { folder: join(folder, 'group') }, thaw: () => rm(join(folder, 'group'), { recursive: true }) },
    clock: systemClock,
    exitCode: () => Promise.resolve(0),
  } as unknown as AdoptedContainerOptions);
}

async function keeps({ pid, startTicks }: { readonly pid: number; readonly startTicks: number }): Promise<void> {
  await writeFile(join(folder, 'runc/c1/state.json'), JSON.stringify({ init_process_pid: pid, init_process_start: startTicks }));
}

describe('a container that has ended', () => {
  test('leaves one of the same id alone that its owner has started since, and whoever is there once nothing is kept of it', async () => {
    const container = ended();
    await container.exited;
    await keeps(processIdentity(other.pid ?? 0) ?? gone);
    await container.dispose();
    await container.kill();
    await rm(join(folder, 'runc/c1'), { recursive: true });
    await container.dispose();
    expect(processIdentity(other.pid ?? 0)).toBeDefined();
  });

  test('is cleared of what it has left in its group', async () => {
    const container = ended();
    await keeps(gone);
    const over = once(other, 'exit');
    await container.dispose();
    expect(await over).toEqual([null, 'SIGKILL']);
  });
});
