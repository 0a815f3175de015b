import { join } from 'node:path';
import { listIfThere } from '../files/directories.js';
import { parseRemovedName, parseTemporaryName } from '../files/names.js';
import { checkTombstone } from '../removal/tombstone.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { type Findings, noting } from './findings.js';

/** Reads what was left of each removed job of that name. */
export async function checkRemoved(context: StoreContext, paths: JobPaths, findings: Findings): Promise<void> {
  for (const file of await listIfThere(context.files, paths.tombstones)) {
    findings.advance(0);
    const name = parseRemovedName(file);
    if (name !== undefined) await noting(findings, join(paths.tombstones, file), undefined, () => checkTombstone(context, paths, name));
    else if (parseTemporaryName(file) === undefined)
      context.logger.info({ job: paths.job, file }, 'an unknown file lies among what removed jobs left');
  }
}
