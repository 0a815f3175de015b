import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = resolve(import.meta.dirname, '../../lib/main.js');

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hf-cli-storage-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function line(...words: readonly string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, 'storage', ...words, '--state-dir', base, '--storage', join(base, 'storage')]);
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { exitCode: child.exitCode, stdout, stderr };
}

test('the whole life of a storage, in processes of their own', async () => {
  expect(await line('status')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('absent') as unknown });
  expect(await line('attach')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('HF_STORAGE_MISSING') as unknown });
  expect((await line('plan')).stdout).toMatch(/make +directory/u);
  expect(await line('provision')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is ready') as unknown });
  expect((await line('plan')).stdout).toContain('up to date');
  expect(await line('attach')).toMatchObject({ exitCode: 0, stdout: `${join(base, 'storage')}\n` });
  expect(JSON.parse((await line('status', '--json')).stdout)).toMatchObject({ state: 'ready', lasting: true, sessions: [], health: { ok: true } });
  expect(await line('destroy', '--force')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('holdfast storage detach') as unknown });
  expect((await line('detach')).exitCode).toBe(0);
  await writeFile(join(base, 'storage', 'precious'), '');
  expect(await line('destroy')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('precious') as unknown });
  expect(await line('destroy', '--force')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('removed: directory') as unknown });
  expect(await readdir(base)).toEqual([]);
  expect(await line('destroy')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('there is nothing') as unknown });
}, 150_000);

test('a directory that was there before is left', async () => {
  await mkdir(join(base, 'storage'), { mode: 0o700 });
  expect(await line('destroy')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Holdfast did not make it') as unknown });
  expect(await readdir(base)).toEqual(['storage']);
});
