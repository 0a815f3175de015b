import { open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OverlayDescription } from './overlay-description.js';

type Upper = Pick<OverlayDescription, 'upperDirectory'>;

/**
 * A note beside a container's upper directory that this is, or soon will be, neither what the container left nor what a snapshot has: files are being put back, and
 * what the container had is set aside (`asideFolder`) or not touched yet. It goes where the
 * directory goes, outlives the machine's boot, and the launcher starts nothing where it lies, whatever becomes of the agent.
 */
export function uncleanFile({ upperDirectory }: Upper): string {
  return join(dirname(upperDirectory), 'holdfast-unclean');
}

export async function markUnclean(upper: Upper): Promise<void> {
  const file = await open(uncleanFile(upper), 'w', 0o600);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function clearUnclean(upper: Upper): Promise<void> {
  await rm(uncleanFile(upper), { force: true });
}

export async function isUnclean(upper: Upper): Promise<boolean> {
  return stat(uncleanFile(upper)).then(
    () => true,
    () => false,
  );
}
