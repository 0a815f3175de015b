import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { local } from '@holdfast/driver-local';
import { type StorageDriverFixture, storageDriverContract } from '@holdfast/testkit/storage-driver';

storageDriverContract({ name: 'local', create });

async function create(): Promise<StorageDriverFixture> {
  const base = await mkdtemp(join(tmpdir(), 'hf-driver-local-'));
  const path = join(base, 'storage');
  const make = () => local({ runtimeDirectory: join(base, 'run') }).create({ type: 'local', path });
  return {
    driver: make(),
    elsewhere: make(),
    spoil: async () => {
      await rm(path, { recursive: true });
      await writeFile(path, 'a file where the directory was');
    },
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}
