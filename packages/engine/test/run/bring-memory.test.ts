import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointReader } from '@holdfast/core';
import { expect, test } from 'vitest';
import { bringMemory } from '../../src/run/bring-memory.js';
import type { ResumeMode } from '../../src/run/types.js';

async function reasonOf(mode: ResumeMode, pager: string | undefined): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bring-'));
  try {
    const { lazy, eagerReason } = await bringMemory({
      reader: { objects: [], servePages: () => undefined, writePages: () => undefined } as unknown as CheckpointReader,
      mode,
      pager,
      rewrites: false,
      memoryBytes: 0,
      name: 'restored',
      imagesPlace: () => Promise.resolve({ folder, kind: 'disk' as const }),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(lazy).toBeUndefined();
    return eagerReason;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a resume that was to be lazy and is not has a reason; one that was not to be has none', async () => {
  expect(await reasonOf('lazy', undefined)).toBe('a container of Docker has all of it before it runs');
  expect(await reasonOf('lazy', '/nowhere/holdfast-pager')).toContain('ENOENT');
  expect(await reasonOf('eager', undefined)).toBeUndefined();
});
