import { removeIfThere } from '../files/whole-files.js';
import type { StoreContext } from '../repository/store-context.js';

/** Counts what prune removes. */
export interface Removals {
  files: number;
  bytes: number;
  rewrittenPacks: number;
}

/** How a prune is called off, and what it tells meanwhile. */
export interface PruneRun {
  readonly signal?: AbortSignal | undefined;
  /** Bytes copied since the call before. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Removes a file and counts it; absence is no error. */
export async function removeCounted(context: StoreContext, path: string, removals: Removals): Promise<void> {
  const info = await context.files.inspect(path).catch(() => undefined);
  if (!(await removeIfThere(context.files, path))) return;
  removals.files += 1;
  removals.bytes += info?.sizeBytes ?? 0;
}
