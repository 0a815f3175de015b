import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MinioServer, TestServer } from '@holdfast/testkit/servers';
import type { StorageDriverFixture } from '@holdfast/testkit/storage-driver';
import { clientsBelow, signal, testVolume } from './test-volume.js';

/** For the contract suite: two machines are two mount points with caches of their own. */
export async function volumeFixture(server: TestServer, minio: MinioServer): Promise<StorageDriverFixture> {
  const volume = await testVolume(server, minio);
  return {
    driver: volume.driver(),
    elsewhere: volume.elsewhere(),
    secrets: volume.secrets,
    spoil: async () => {
      const path = join(volume.base, 'here', 'mount');
      await mkdir(path, { recursive: true });
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', path]);
    },
    hang: async () => {
      const pids = await clientsBelow(volume.base);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      return { [Symbol.asyncDispose]: async () => pids.forEach((pid) => signal(pid, 'SIGCONT')) };
    },
    [Symbol.asyncDispose]: () => volume[Symbol.asyncDispose](),
  };
}
