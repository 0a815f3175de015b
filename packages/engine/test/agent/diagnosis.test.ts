import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepLogs } from '../../src/agent/diagnosis.js';

test('of the logs of a job’s dumps and restores the last twenty are kept, for their owner alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-diagnosis-'));
  try {
    const [work, kept] = [join(folder, 'work'), join(folder, 'kept')];
    await keepLogs(kept, 'dump', work, new Date(0));
    await expect(stat(kept)).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(work);
    await writeFile(join(work, 'dump.log'), 'Error (criu)', { mode: 0o644 });
    await writeFile(join(work, 'pages-1.img'), 'memory');
    for (let second = 1; second <= 22; second += 1) await keepLogs(kept, 'dump', work, new Date(second * 1000));
    const names = (await readdir(kept)).sort();
    expect(names.length).toBe(20);
    expect([names[0], names[19]]).toEqual(['1970-01-01T00-00-03-000Z-dump', '1970-01-01T00-00-22-000Z-dump']);
    const newest = join(kept, '1970-01-01T00-00-22-000Z-dump');
    expect(await readdir(newest)).toEqual(['dump.log']);
    expect(await readFile(join(newest, 'dump.log'), 'utf8')).toBe('Error (criu)');
    expect((await stat(join(newest, 'dump.log'))).mode & 0o777).toBe(0o600);
    expect((await stat(newest)).mode & 0o777).toBe(0o700);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
