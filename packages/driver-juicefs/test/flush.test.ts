import { type FileHandle, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertRejects } from '@holdfast/testkit/contract';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { bytesLeft, flushVolume } from '../src/flush.js';
import { metric } from '../src/mount/metrics.js';
import { aConfig } from './support/a-config.js';

test('a block that is staged in any cache directory is never called flushed; the error tells the bytes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-flush-'));
  const [first, second] = [join(folder, 'one'), join(folder, 'two')];
  const chunks = join(second, 'rawstaging', 'chunks', '0');
  const config = aConfig({ mount: { path: join(folder, 'mount'), flushTimeout: '1s' } });
  try {
    await mkdir(chunks, { recursive: true });
    await flushVolume(config, [first, second]);
    await writeFile(join(chunks, '1_0_1000'), new Uint8Array(1000));
    const error = await assertRejects(flushVolume(config, [first, second]), { code: 'HF_STORAGE_TIMEOUT' });
    expect(error.message).toContain('1000 bytes are on this machine only');
    expect(error.context['leftBytes']).toBe(1000);
    await rm(join(chunks, '1_0_1000'));
    await writeFile(join(chunks, '2_0_1000'), '');
    await assertRejects(flushVolume(config, [first, second]), { code: 'HF_STORAGE_TIMEOUT' });
    await rm(join(chunks, '2_0_1000'));
    await flushVolume(config, [first, second]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('open directories, and files that were removed, hold no flush up; names of open files may be long and strange', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-flush-'));
  const config = aConfig({ mount: { path: folder, logFile: join(folder, '..', 'no-such-log') } });
  const handles: FileHandle[] = [];
  try {
    handles.push(await open(folder), await open(join(folder, 'a \'b\'\n"c" $d'), 'w'), await open(join(folder, 'removed'), 'w'));
    await mkdir(join(folder, 'directory'));
    handles.push(await open(join(folder, 'directory')));
    await rm(join(folder, 'removed'));
    await flushVolume(config, []);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
    await rm(folder, { recursive: true });
  }
});

test('an open pipe has nothing to flush', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-flush-'));
  const config = aConfig({ mount: { path: folder, logFile: join(folder, '..', 'no-such-log') } });
  await execa('mkfifo', [join(folder, 'pipe')]);
  const pipe = await open(join(folder, 'pipe'), 'r+');
  try {
    await flushVolume(config, []);
  } finally {
    await pipe.close();
    await rm(folder, { recursive: true });
  }
});

test('metrics are read as the client writes them', () => {
  const stats = 'juicefs_staging_block_bytes 1.6777216e+07\njuicefs_staging_blocks{mp="/mnt",vol_name="x"} 4\n';
  expect(metric(stats, 'juicefs_staging_block_bytes')).toBe(16_777_216);
  expect(metric(stats, 'juicefs_staging_blocks')).toBe(4);
  expect(metric(stats, 'absent')).toBeUndefined();
});

test('a client that is there and does not answer is not called flushed; of one that is gone the files count', () => {
  expect(bytesLeft(0, undefined, 'hung')).toBeUndefined();
  expect(bytesLeft(0, undefined, 'volume')).toBeUndefined();
  expect(bytesLeft(3, undefined, 'dead')).toBe(3);
  expect(bytesLeft(0, undefined, 'none')).toBe(0);
  expect(bytesLeft(3, 'juicefs_staging_block_bytes 5', 'volume')).toBe(5);
});
