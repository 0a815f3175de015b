import { type CallOptions, HoldfastError, isHoldfastError } from '@holdfast/core';
import { ensureResource, type ResourceRecord, resourceState } from '@holdfast/core/provision';
import type { BucketClient } from './client.js';
import type { JuicefsConfig } from './config.js';
import { madeVolumeKey } from './made-volume.js';

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
        return { ours: tags[bucketTag] === config.name || wasBegun(record, name) };
      },
      create: async (call) => {
        if (!create) {
          await state.forget(recordKey);
          throw missingBucket(name, 'storage.provision', makeIt);
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

/** What `provision` would do about the bucket. Rejects with HF_STORAGE_MISSING where it is missing and is not to be made. */
export async function plannedBucket(
  config: JuicefsConfig,
  client: BucketClient,
  operation: string,
  options: CallOptions,
): Promise<'create' | 'adopt' | 'none'> {
  if (await isBucketThere(config, client, options)) return (await isMadeBucket(config, client, options)) ? 'none' : 'adopt';
  if (!config.bucket.create) throw missingBucket(config.bucket.name, operation, makeIt);
  return 'create';
}

/** Whether it is there, and Holdfast made it for this volume. */
export async function isMadeBucket(config: JuicefsConfig, client: BucketClient, options: CallOptions): Promise<boolean> {
  if (!(await isBucketThere(config, client, options))) return false;
  return (
    (await client.tags(options))[bucketTag] === config.name ||
    wasBegun(await resourceState(config.stateDirectory).read(recordKey), config.bucket.name)
  );
}

/** A note about another bucket, which the configuration named before, says nothing of this one. */
function wasBegun(record: ResourceRecord | undefined, bucket: string): boolean {
  return record?.status === 'intended' && record.name === bucket;
}

/** Whether it is there; first by a call whose refusal has words: one of HEAD has none. */
export async function isBucketThere({ name }: Pick<JuicefsConfig, 'name'>, client: BucketClient, options: CallOptions): Promise<boolean> {
  return (await client.read(madeVolumeKey(name), options)) !== undefined || client.exists(options);
}

/** Rejects with HF_STORAGE_MISSING where the bucket of a volume is gone, and with what S3 says where it refuses or does not answer. */
export async function assertBucketThere(
  { bucket, name }: JuicefsConfig,
  client: BucketClient,
  operation: string,
  options: CallOptions,
): Promise<void> {
  if (!(await isBucketThere({ name }, client, options)))
    throw missingBucket(bucket.name, operation, "Correct 'bucket' if it is another one; with a bucket that is gone the volume's files are lost");
}

/** Removes the bucket if Holdfast made it and nothing is in it; one that holds what is not the volume's is left. */
export async function removeBucket(config: JuicefsConfig, client: BucketClient, options: CallOptions): Promise<void> {
  if ((await client.exists(options)) && (await client.tags(options))[bucketTag] === config.name) {
    if ((await client.list('', 1, options)).length === 0) await client.remove(options);
  }
  await resourceState(config.stateDirectory).forget(recordKey);
}

const makeIt = "Make it, or write 'create': true in bucket";

function missingBucket(name: string, operation: string, hint: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_MISSING', { kind: 'not-found', message: `The bucket '${name}' is not there`, operation, hint });
}
