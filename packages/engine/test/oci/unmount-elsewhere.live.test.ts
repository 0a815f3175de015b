import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runMountProgram } from '../../src/oci/mount-program.js';

const tree = join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-tree');

let folder: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-unmount-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A process with a mount of its own on the folder. */
async function holder(...namespaces: readonly string[]): Promise<number> {
  const line = `mount -t tmpfs none "$0" && echo up && exec sleep 60`;
  const started = spawn('unshare', ['--mount', ...namespaces, 'sh', '-c', line, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  await once(started.stdout, 'data');
  return started.pid ?? 0;
}

async function isMounted(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/mountinfo`, 'utf8')).includes(` ${folder} `);
}

it('a mount in another mount namespace of the same users is taken away', async () => {
  const pid = await holder();
  expect(await isMounted(pid)).toBe(true);
  expect(await runMountProgram(tree, ['unmount', String(pid), folder], { cwd: '/' })).toBeUndefined();
  expect(await isMounted(pid)).toBe(false);
});

it('a namespace of other users is not entered', async () => {
  const pid = await holder('--user', '--map-root-user');
  expect(await runMountProgram(tree, ['unmount', String(pid), folder], { cwd: '/' })).toContain('Operation not permitted');
  expect(await isMounted(pid)).toBe(true);
});
