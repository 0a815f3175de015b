import { removeIfThere } from '../files/whole-files.js';
import type { StoreContext } from '../repository/store-context.js';

/** Counts what prune removes. */
export interface Removals {
  files: number;
  bytes: number;
}

/** Removes a file and counts it; absence is no error. */
export async function removeCounted(context: StoreContext, path: string, removals: Removals): Promise<void> {
  const info = await context.files.inspect(path).catch(() => undefined);
  if (!(await removeIfThere(context.files, path))) return;
  removals.files += 1;
  removals.bytes += info?.sizeBytes ?? 0;
}
