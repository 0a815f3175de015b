import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveHere } from '../../src/run/move-here.js';

const root = (id: string, hostPath: string, own = false) => ({ id, hostPath, destination: hostPath, private: own });
let here: string;
beforeAll(async () => {
  here = await realpath(await mkdtemp(join(tmpdir(), 'hf-move-here-')));
});
afterAll(() => rm(here, { recursive: true }));

test('the working directory comes here, all else stays, and the job sees it where it was', async () => {
  const roots = [root('cwd', '/data/old'), root('track-1', '/data/more'), root('tmp', '/tmp', true)];
  expect(await moveHere(roots, here)).toEqual([{ ...root('cwd', '/data/old'), hostPath: here }, ...roots.slice(1)]);
});

test('a place that another root has is refused, and so is a job whose working directory is no root', async () => {
  for (const path of [here, join(here, 'inside'), join(here, '..')])
    await expect(moveHere([root('cwd', '/data/old'), root('track-1', path)], here)).rejects.toMatchObject({
      code: 'HF_TRACK_PATH',
      message: expect.stringContaining(`tracks ${path} already`) as unknown,
    });
  await expect(moveHere([root('track-1', '/data')], here)).rejects.toMatchObject({ code: 'HF_TRACK_PATH' });
  await expect(moveHere([root('cwd', '/data/old')], '/usr')).rejects.toMatchObject({ code: 'HF_TRACK_PATH' });
});
