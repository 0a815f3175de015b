import { fstat, readlink } from 'node:fs';
import { promisify } from 'node:util';
import type { JobStreams } from '../container/keeper.js';

/**
 * The regular files that the job's streams go to or come from. A redirection such as `> out.txt` is of whoever runs Holdfast, who holds the file open:
 * it is no part of the job's state, also where it lies in a tracked folder. Put back, the rest of the output would go to a file without a name.
 */
export async function streamFiles({ stdin, stdout, stderr }: JobStreams): Promise<readonly string[]> {
  const descriptors = [stdin, stdout, stderr].map((stream, number) => (stream === 'inherit' ? number : stream));
  const files = await Promise.all(
    descriptors.map(async (descriptor) => {
      const found = await promisify(fstat)(descriptor).catch(() => undefined);
      return found?.isFile() === true ? promisify(readlink)(`/proc/self/fd/${descriptor}`).catch(() => undefined) : undefined;
    }),
  );
  return files.filter((path): path is string => path?.startsWith('/') === true);
}
