import { type CallOptions, HoldfastError, isHoldfastError } from '@holdfast/core';
import { ensureResource, resourceState } from '@holdfast/core/provision';
import type { BucketClient } from './client.js';
import type { JuicefsConfig } from './config.js';

/** Says of a bucket that Holdfast made it, for this volume. */
export const bucketTag = 'holdfast-volume';
const recordKey = 'bucket';

interface Found {
  readonly ours: boolean;
}

/** Finds the bucket or makes it, private and encrypted. One that was there is used, and left as it is. */
export async function ensureBucket(config: JuicefsConfig, client: BucketClient, options: CallOptions): Promise<'made' | 'adopted' | 'found'> {
  const { name, create } = config.bucket;
  const state = resourceState(config.stateDirectory);
  const { status, created } = await ensureResource<Found>(
    {
      state,
      key: recordKey,
      kind: 's3-bucket',
      name,
      resource: `The bucket '${name}'`,
      find: async (call, record) => {
        if (!(await client.exists(call))) return undefined;
        const tags = await client.tags(call);
        // Noted before it was asked for, and not there then: a kill came between its making and its tag.
        return { ours: tags[bucketTag] === config.name || record?.status === 'intended' };
      },
      create: async (call) => {
        if (!create) {
          await state.forget(recordKey);
          throw missingBucket(name);
        }
        try {
          return (await client.create(call)) === 'exists' ? 'exists' : { ours: true };
        } catch (error) {
          // Refused for certain: one that is there later was made by somebody else.
          if (isHoldfastError(error) && (error.code === 'HF_CLOUD_DENIED' || error.code === 'HF_CLOUD_REFUSED')) await state.forget(recordKey);
          throw error;
        }
      },
      isOurs: ({ ours }) => ours,
      adopt: true,
      idOf: () => name,
    },
    options,
  );
  if (status === 'adopted') return 'adopted';
  const tags = await client.tags(options);
  if (tags[bucketTag] !== config.name) {
    await client.secure(options);
    // Last: what has the tag is complete. S3 replaces the whole set.
    await client.tag({ ...tags, [bucketTag]: config.name }, options);
  }
  return created ? 'made' : 'found';
}

/** Removes the bucket if Holdfast made it and nothing is in it; one that holds what is not the volume's is left. */
export async function removeBucket(config: JuicefsConfig, client: BucketClient, options: CallOptions): Promise<void> {
  if ((await client.exists(options)) && (await client.tags(options))[bucketTag] === config.name) {
    if ((await client.list('', 1, options)).length === 0) await client.remove(options);
  }
  await resourceState(config.stateDirectory).forget(recordKey);
}

function missingBucket(name: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_MISSING', {
    kind: 'not-found',
    message: `The bucket '${name}' is not there`,
    operation: 'storage.provision',
    hint: "Make it, or write 'create': true in bucket",
  });
}
