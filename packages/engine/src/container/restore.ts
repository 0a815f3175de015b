import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import { bringUp, siteOf } from './bring-up.js';
import type { RestoreContainerOptions } from './container-options.js';
import { parseMountInfo } from './host-mounts.js';
import { hungMountHint, hungSources } from './hung-mounts.js';
import { assertImageSizes } from './image-sizes.js';
import { addMountpoints } from '../images/mountpoints.js';
import { isInitName, placeInit } from './init-program.js';
import { mountMovedRoots } from './moved-roots.js';
import { writeBundle } from './prepare-bundle.js';
import { parseRecordedMounts, placeMounts } from './recorded-mounts.js';
import { relinkLostNames } from './relink.js';
import type { ContainerRecorded, RunningContainer } from './running-container.js';

/**
 * Brings a dumped job back in a new container. Its files must be in place.
 *
 * - Inputs are checked first: images that are not whole reject with kind `corrupt` before anything starts.
 * - Rejects with HF_RESTORE_FAILED and the cause, HF_RESTORE_TIMEOUT or HF_ABORTED; nothing of it is left then but the run folder,
 *   and the images are as they were, but for the mounts of roots that lie elsewhere now.
 */
export async function restoreContainer(options: RestoreContainerOptions): Promise<RunningContainer> {
  const { imagesDirectory, roots, lazy } = options;
  const site = await siteOf(options);
  const { layout } = site;
  const recorded = parseRecorded(options.recorded);
  const { mounts: recordedMounts, added } = mountMovedRoots(parseRecordedMounts(options.recordedMounts), roots);
  await assertImageSizes(imagesDirectory);
  if (added.length > 0) await addMountpoints(imagesDirectory, added);
  await placeInit(join(imagesDirectory, recorded.initName), layout.initFolder, recorded.initName);
  const hung = await hungSources(parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8')), recordedMounts);
  for (const path of hung) options.warn?.(`the file system at '${path}' does not answer: the job finds something empty there`, hungMountHint);
  const { mounts, warnings } = await placeMounts(recordedMounts, roots, { init: layout.initFolder, missing: layout.missing }, hung);
  await writeBundle(options, layout, mounts, recorded.initName);
  if (lazy !== undefined) await writeFile(join(layout.work, 'ranges'), lazy.ranges, { mode: 0o600 });
  await using _links = await relinkLostNames(imagesDirectory, roots);
  const how = {
    words: ['restore', '--image-path', imagesDirectory, '--work-path', layout.work, ...(lazy === undefined ? [] : ['--lazy-pages'])],
    operation: 'restore',
    deadlineMs: options.deadlineMs ?? 600_000,
    skipStdinBytes: options.skipStdinBytes ?? 0,
    logs: [join(layout.work, 'restore.log'), ...(lazy === undefined ? [] : [join(layout.work, 'pager.log')])],
    lazy: lazy === undefined ? undefined : { patienceMs: lazy.patienceMs },
  } as const;
  return await bringUp(options, site, how, { recordedMounts, recorded, notes: warnings });
}

const recordedSchema = z.object({ version: z.literal(1), initName: z.string().refine(isInitName) });

function parseRecorded(value: unknown): ContainerRecorded {
  const parsed = recordedSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `what the snapshot tells of its container is not whole: ${z.prettifyError(parsed.error)}`,
    kind: 'corrupt',
    operation: 'restore',
  });
}
