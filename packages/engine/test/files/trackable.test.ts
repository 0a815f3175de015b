import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertTrackable } from '../../src/files/trackable.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-files-test-'));
  await mkdir(join(folder, 'job'));
  await writeFile(join(folder, 'file'), '');
  await symlink('/etc', join(folder, 'to-etc'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  '/',
  '/proc',
  '/sys',
  '/dev',
  '/dev/shm',
  '/etc',
  '/usr',
  '/usr/lib',
  '/bin',
  '/lib',
  '/boot',
  '/var',
  '/var/lib',
  '/run',
  '/tmp',
  '/home',
  '/root',
])('%s is refused', async (path) => {
  await expect(assertTrackable(path)).rejects.toMatchObject({ code: 'HF_TRACK_PATH', message: expect.stringContaining(path) as unknown });
});

test('a folder of a job’s own is accepted', async () => {
  await expect(assertTrackable(join(folder, 'job'))).resolves.toBe(join(folder, 'job'));
  await symlink('job', join(folder, 'to-job'));
  await expect(assertTrackable(join(folder, 'to-job'))).resolves.toBe(join(folder, 'job'));
});

test('a file, a missing path and a link to a system folder are refused with what would do', async () => {
  await expect(assertTrackable(join(folder, 'file'))).rejects.toMatchObject({
    code: 'HF_TRACK_PATH',
    hint: expect.stringContaining('folder that holds it') as unknown,
  });
  await expect(assertTrackable(join(folder, 'missing'))).rejects.toMatchObject({ code: 'HF_TRACK_PATH' });
  await expect(assertTrackable(join(folder, 'to-etc'))).rejects.toMatchObject({ code: 'HF_TRACK_PATH' });
});
