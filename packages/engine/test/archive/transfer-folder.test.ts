import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTransferFolder } from '../../src/archive/transfer-folder.js';

test('a folder goes with its transfer, and those of dead ones with the next', async () => {
  const state = await mkdtemp(join(tmpdir(), 'hf-transfer-'));
  const transfers = join(state, 'transfers');
  await mkdir(join(transfers, '1.2.another-boot.aa'), { recursive: true });
  await mkdir(join(transfers, `${process.pid}.1.${'0'.repeat(8)}.bb`));
  {
    await using living = await openTransferFolder(state);
    await using another = await openTransferFolder(state);
    expect((await readdir(transfers)).map((name) => join(transfers, name)).toSorted()).toEqual([living.path, another.path].toSorted());
  }
  expect(await readdir(transfers)).toEqual([]);
  await rm(state, { recursive: true });
});
