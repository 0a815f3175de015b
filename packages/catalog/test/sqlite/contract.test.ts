import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { metadataStoreContract } from '@holdfast/testkit/metadata-store';

metadataStoreContract({
  name: 'sqlite',
  setup: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hf-catalog-'));
    const config = { type: 'sqlite', path: join(directory, 'catalog.sqlite') };
    return { open: () => sqlite().open(config), [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
  },
});
