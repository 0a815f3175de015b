import { removeFolder } from '../container/remove-folder.js';
import { KeptImages } from './kept-images.js';
import type { ActiveRunOptions } from './run-environment.js';

/** What the first snapshot of a run is compared with: after a resume the images of the snapshot are there already. */
export async function restoredImages({ environment, restored }: ActiveRunOptions): Promise<KeptImages> {
  const images = new KeptImages(environment.logger);
  // The next snapshot is stored as the difference to what the repository has, and to nothing else.
  if (restored?.imagesIntact === true) await images.keep(restored.images);
  else if (restored !== undefined) await removeFolder(restored.images.folder);
  return images;
}
