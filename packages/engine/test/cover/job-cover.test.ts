import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobProcess } from '../../src/container/job-processes.js';
import { JobCover } from '../../src/cover/job-cover.js';
import { decodePagemap } from '../../src/images/pagemap.js';
import { message } from '../images/image-bytes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-cover-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const numbered = (pid: number): JobProcess => ({ pid, parentPid: 1, imagePid: pid - 6 });
const cached = { cache: '/somewhere' };

test('a cover has every page of every process that there is once the job stands still, and no byte', async () => {
  const cover = new JobCover(folder, cached);
  await cover.prepare([numbered(7)]);
  await cover.complete([numbered(7), numbered(8)]);
  const maps = ['pagemap-1.img', 'pagemap-2.img'];
  expect(readdirSync(folder).sort()).toEqual(['inventory.img', ...maps, 'pages-1.img']);
  for (const name of maps) {
    expect(decodePagemap(readFileSync(join(folder, name)), name)).toEqual({
      pagesId: 1,
      entries: [{ firstPage: 16, pageCount: 2 ** 35 - 32, present: true, lazy: false }],
    });
  }
  expect(readFileSync(join(folder, 'pages-1.img'))).toHaveLength(0);
  const inventory = message([1, 1], [8, BigInt(Number.MAX_SAFE_INTEGER)]);
  expect(readFileSync(join(folder, 'inventory.img')).subarray(8)).toEqual(inventory);
});

test('where the kernel marks pages, marks that cannot be cleared are an error', async () => {
  const gone = spawn('true');
  await once(gone, 'exit');
  const cover = new JobCover(folder, { cache: undefined });
  await cover.prepare([]);
  await expect(cover.complete([numbered(gone.pid ?? 0)])).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each([
  ['where the kernel marks pages, all marks of every process are cleared', undefined, '4'],
  ['where it marks none, none are', '/somewhere', ''],
])('%s, once the job stands still', async (_, cache, cleared) => {
  const proc = join(folder, 'proc');
  for (const pid of [7, 8, 9]) {
    mkdirSync(join(proc, String(pid)), { recursive: true });
    writeFileSync(join(proc, `${pid}/clear_refs`), '');
  }
  const marks = (): readonly string[] => [7, 8, 9].map((pid) => readFileSync(join(proc, `${pid}/clear_refs`), 'utf8'));
  const cover = new JobCover(join(folder, 'cover'), { cache }, proc);
  await cover.prepare([7, 8].map(numbered));
  expect(marks()).toEqual(['', '', '']);
  await cover.complete([7, 8, 9].map(numbered));
  expect(marks()).toEqual([cleared, cleared, cleared]);
  expect(readdirSync(join(folder, 'cover'))).toEqual(expect.arrayContaining(['pagemap-1.img', 'pagemap-2.img', 'pagemap-3.img']));
});
