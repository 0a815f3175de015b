import { HoldfastError } from '@holdfast/core';
import { isBelow } from '../container/host-mounts.js';
import { assertTrackable, type TrackedRoot } from '../files/index.js';

/**
 * The roots of a snapshot with that of the job's working directory at another place of this machine; the job sees it where it was. Rejects with
 * HF_TRACK_PATH where that cannot be.
 */
export async function moveHere(roots: readonly TrackedRoot[], workingDirectory: string): Promise<readonly TrackedRoot[]> {
  const hostPath = await assertTrackable(workingDirectory);
  if (!roots.some(({ id }) => id === 'cwd')) throw refused(hostPath, 'it lies in another path that the job tracks');
  const other = roots.find((root) => !root.private && root.id !== 'cwd' && overlap(root.hostPath, hostPath));
  if (other !== undefined) throw refused(hostPath, `the job tracks ${other.hostPath} already`);
  return roots.map((root) => (root.id === 'cwd' ? { ...root, hostPath } : root));
}

function overlap(left: string, right: string): boolean {
  return left === right || isBelow(left, right) || isBelow(right, left);
}

function refused(path: string, why: string): HoldfastError {
  return new HoldfastError('HF_TRACK_PATH', {
    message: `the job's working directory cannot come to ${path}: ${why}`,
    kind: 'invalid-argument',
    operation: 'run',
    context: { path },
    hint: 'run it in a folder of its own, or leave out --here',
  });
}
