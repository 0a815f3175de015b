import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lendImages } from '../../src/container/lend-images.js';

const range = (hostID: number) => [{ containerID: 0, hostID, size: 65_536 }];

describe.skipIf(process.geteuid?.() !== 0)('images that a container is restored from', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-lend-'));
    await writeFile(join(folder, 'tty-info.img'), 'images', { mode: 0o600 });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const owners = async () =>
    await Promise.all(
      [folder, join(folder, 'tty-info.img')].map(async (path) => {
        const { uid, gid, mode } = await lstat(path);
        return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
      }),
    );

  test('belong to the root of its user namespace meanwhile, and to nobody else', async () => {
    {
      await using _lent = await lendImages(folder, { uids: [{ containerID: 1, hostID: 7, size: 1 }, ...range(300_000)], gids: range(400_000) });
      expect(await owners()).toEqual(['300000:400000 700', '300000:400000 600']);
      await rm(join(folder, 'tty-info.img'));
      await writeFile(join(folder, 'tty-info.img'), 'more', { mode: 0o600 });
    }
    expect(await owners()).toEqual(['0:0 700', '0:0 600']);
  });

  test('stay as they are where it shares the users of the machine, or has no root', async () => {
    await using _shared = await lendImages(folder, { uids: [], gids: [] });
    await using _rootless = await lendImages(folder, { uids: [{ containerID: 1, hostID: 7, size: 1 }], gids: range(7) });
    expect(await owners()).toEqual(['0:0 700', '0:0 600']);
  });
});
