import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Waits for the end of its standard input, which comes when this process lets go of it or dies, and then removes the folder. A server that
 * dies at the same moment may still write for an instant: hence more than one try.
 */
const janitor = 'read -r _; for try in 1 2 3 4 5 6 7 8 9 10; do rm -rf --one-file-system "$0" && exit; sleep 0.2; done';

/** A folder that is gone after its disposal, and soon after the death of this process, however it dies. */
export async function createScratchFolder(kind: string): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), `holdfast-${kind}-`));
  // The server, which is another user, passes through it; what is in it has modes of its own.
  await chmod(path, 0o711);
  const child = spawn('/bin/sh', ['-c', janitor, path], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const gone = once(child, 'exit');
  return {
    path,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await gone;
    },
  };
}
