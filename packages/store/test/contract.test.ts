import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { checkpointStoreContract } from '@holdfast/testkit/checkpoint-store';

checkpointStoreContract({
  name: 'directory',
  setup: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hf-store-'));
    const [root, scratch] = [join(directory, 'root'), join(directory, 'scratch')];
    await mkdir(root);
    await mkdir(scratch);
    return {
      open: () => openRepository({ root, create: true }),
      scratch,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  },
});
