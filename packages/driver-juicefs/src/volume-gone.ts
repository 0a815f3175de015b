import type { CallOptions } from '@holdfast/core';
import { madeVolumeKey } from './made-volume.js';
import { type Setup, withBucket } from './setup.js';

/** Whether the bucket has neither an object of the volume nor the note about it, which goes last: for when its metadata cannot be asked. */
export async function isVolumeGone(setup: Setup, options: CallOptions): Promise<boolean> {
  const { name } = setup.config;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  return withBucket(setup, async (bucket) => {
    if (!(await bucket.exists(call))) return true;
    return (await bucket.read(madeVolumeKey(name), call)) === undefined && (await bucket.list(`${name}/`, 1, call)).length === 0;
  });
}
