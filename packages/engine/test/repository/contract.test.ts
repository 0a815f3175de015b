import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { type CheckpointStoreFixture, checkpointStoreContract } from '@holdfast/testkit/checkpoint-store';
// The built module: the process that it starts is a file beside it.
import { openRemoteStore } from '../../dist/repository/remote-store.js';

// The promises of a store hold as well when it lives in a process of its own.
checkpointStoreContract({ name: 'in a process of its own', setup });

async function setup(): Promise<CheckpointStoreFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-remote-contract-'));
  const [root, scratch] = [join(directory, 'root'), join(directory, 'scratch')];
  await mkdir(root);
  await mkdir(scratch);
  return {
    open: () => openRemoteStore({ root, create: true, compresses: false, logger: silentLogger }),
    scratch,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
