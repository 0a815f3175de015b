import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withMountLock } from '../../src/mount/mount-lock.js';

const path = `/nowhere/${process.pid}`;

test('one task at a time has a mount point, others wait for it', async () => {
  let inside = 0;
  const task = async (): Promise<number> => {
    inside += 1;
    const seen = inside;
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
    return seen;
  };
  expect(await Promise.all([1, 2, 3].map(() => withMountLock(path, 10_000, {}, task)))).toEqual([1, 1, 1]);
});

test('a process that dies with it leaves it free; while it lives the wait ends at its deadline', async () => {
  const lock = new URL('../../dist/mount/mount-lock.js', import.meta.url).href;
  const program = `const { withMountLock } = await import(${JSON.stringify(lock)});
    await withMountLock(${JSON.stringify(path)}, 1000, {}, async () => { console.log('in'); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  await expect(withMountLock(path, 100, {}, async () => 'in')).rejects.toMatchObject({ code: 'HF_STORAGE_TIMEOUT' });
  holder.kill('SIGKILL');
  expect(await withMountLock(path, 10_000, {}, async () => 'in')).toBe('in');
});
