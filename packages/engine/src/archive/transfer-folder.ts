import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive, ownProcessIdentity } from '../container/process-identity.js';

/** A folder for objects on their way. Removed with the transfer; what a killed one left is removed by the next. */
export interface TransferFolder extends AsyncDisposable {
  readonly path: string;
}

export async function openTransferFolder(stateDirectory: string): Promise<TransferFolder> {
  const parent = join(stateDirectory, 'transfers');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await removeDead(parent);
  const { bootId, pid, startTicks } = ownProcessIdentity();
  const path = join(parent, [pid, startTicks, bootId, randomBytes(4).toString('hex')].join('.'));
  await mkdir(path, { mode: 0o700 });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function removeDead(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [pid, startTicks, bootId = ''] = name.split('.');
    if (isProcessAlive({ pid: Number(pid), startTicks: Number(startTicks), bootId })) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
