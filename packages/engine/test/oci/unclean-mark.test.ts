import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clearUnclean, isUnclean, markUnclean, uncleanFile } from '../../src/oci/unclean-mark.js';

it('the note that files are being put back lies beside the upper directory, where Docker has the mount, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-unclean-'));
  try {
    const upper = { upperDirectory: join(folder, 'diff') };
    await mkdir(upper.upperDirectory);
    expect(uncleanFile(upper)).toBe(join(folder, 'holdfast-unclean'));
    expect(await isUnclean(upper)).toBe(false);
    await markUnclean(upper);
    await markUnclean(upper);
    expect(await isUnclean(upper)).toBe(true);
    await clearUnclean(upper);
    await clearUnclean(upper);
    expect(await isUnclean(upper)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
