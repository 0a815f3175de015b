import type * as s3 from '@aws-sdk/client-s3';
import type { CallOptions } from '@holdfast/core';
import type { BucketClient, BucketClients, BucketKeys, BucketPlace } from '../client.js';
import { fromS3Error, nameOf, statusOf, unanswered } from './s3-errors.js';

type Sdk = typeof s3;
type Client = InstanceType<Sdk['S3Client']>;
type Run = <T>(
  what: string,
  options: CallOptions | undefined,
  call: (sdk: Sdk, client: Client, abort: { abortSignal?: AbortSignal }) => Promise<T>,
) => Promise<T>;

/** Of one call with all its repeats: the SDK itself waits for ever for a server that took the connection. */
const timeoutMs = 20_000;
/** Of up to a thousand objects. */
const removeTimeoutMs = 120_000;

/** Buckets by AWS's SDK, which is loaded by the first call. */
export function s3Buckets(): BucketClients {
  return (place, keys) => {
    let opening: Promise<{ readonly sdk: Sdk; readonly client: Client }> | undefined;
    const run: Run = async (what, options, call) => {
      opening ??= open(place, keys);
      const late = AbortSignal.timeout(what === 'remove-objects' ? removeTimeoutMs : timeoutMs);
      try {
        options?.signal?.throwIfAborted();
        const { sdk, client } = await opening;
        return await call(sdk, client, { abortSignal: options?.signal === undefined ? late : AbortSignal.any([options.signal, late]) });
      } catch (error) {
        if (late.aborted && options?.signal?.aborted !== true) throw unanswered(what, place.name, error);
        throw fromS3Error(error, what, place.name, options?.signal);
      }
    };
    const close = (): void => {
      opening?.then(({ client }) => client.destroy()).catch(() => undefined);
    };
    return { ...bucketCalls(place, run), ...objectCalls(place.name, run), close };
  };
}

async function open({ region, endpoint }: BucketPlace, keys: BucketKeys | undefined): Promise<{ readonly sdk: Sdk; readonly client: Client }> {
  const sdk = await import('@aws-sdk/client-s3');
  const credentials =
    keys === undefined
      ? undefined
      : {
          accessKeyId: keys.accessKeyId,
          secretAccessKey: keys.secretAccessKey,
          ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
        };
  const client = new sdk.S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { sdk, client };
}

type BucketCalls = Pick<BucketClient, 'exists' | 'create' | 'secure' | 'tag' | 'tags' | 'remove'>;

function bucketCalls({ name: Bucket, region, endpoint }: BucketPlace, run: Run): BucketCalls {
  return {
    exists: (options) =>
      run('look', options, async (sdk, client, abort) => {
        try {
          await client.send(new sdk.HeadBucketCommand({ Bucket }), abort);
          return true;
        } catch (error) {
          if (statusOf(error) === 404) return false;
          throw error;
        }
      }),
    create: (options) =>
      run('create', options, async (sdk, client, abort) => {
        // us-east-1 is where a bucket is made that says no place, and may not be said.
        const input = region === 'us-east-1' ? { Bucket } : { Bucket, CreateBucketConfiguration: { LocationConstraint: region } };
        try {
          // The SDK's type of a region is a list that is older than some regions.
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion
          await client.send(new sdk.CreateBucketCommand(input as ConstructorParameters<Sdk['CreateBucketCommand']>[0]), abort);
          return 'created';
        } catch (error) {
          if (nameOf(error) === 'BucketAlreadyOwnedByYou') return 'exists';
          throw error;
        }
      }),
    secure: (options) =>
      run('secure', options, async (sdk, client, abort) => {
        const foreign = endpoint !== undefined;
        const blocked = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
        const encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] };
        await unlessUnknown(foreign, client.send(new sdk.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: blocked }), abort));
        await unlessUnknown(
          foreign,
          client.send(new sdk.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: encryption }), abort),
        );
      }),
    tag: (tags, options) =>
      run('tag', options, async (sdk, client, abort) => {
        const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        await client.send(new sdk.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }), abort);
      }),
    tags: (options) =>
      run('read-tags', options, async (sdk, client, abort) => {
        try {
          const { TagSet = [] } = await client.send(new sdk.GetBucketTaggingCommand({ Bucket }), abort);
          return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
        } catch (error) {
          if (['NoSuchTagSet', 'NoSuchTagSetError', 'NoSuchBucket'].includes(nameOf(error))) return {};
          throw error;
        }
      }),
    remove: (options) =>
      run('remove', options, async (sdk, client, abort) => {
        try {
          await client.send(new sdk.DeleteBucketCommand({ Bucket }), abort);
        } catch (error) {
          if (nameOf(error) !== 'NoSuchBucket') throw error;
        }
      }),
  };
}

type ObjectCalls = Pick<BucketClient, 'read' | 'write' | 'list' | 'removeObjects'>;

function objectCalls(Bucket: string, run: Run): ObjectCalls {
  return {
    read: (Key, options) =>
      run('read', options, async (sdk, client, abort) => {
        try {
          const { Body, ETag = '' } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }), abort);
          return { text: (await Body?.transformToString()) ?? '', etag: ETag };
        } catch (error) {
          if (['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes(nameOf(error))) return undefined;
          throw error;
        }
      }),
    write: (Key, Body, options) =>
      run('write', options, async (sdk, client, abort) => {
        const condition = options?.over === undefined ? { IfNoneMatch: '*' } : { IfMatch: options.over };
        try {
          await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ...condition }), abort);
          return true;
        } catch (error) {
          // Removed meanwhile, where its version was to be replaced: NoSuchKey.
          if (['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'].includes(nameOf(error))) return false;
          throw error;
        }
      }),
    list: (Prefix, most, options) =>
      run('list', options, async (sdk, client, abort) => {
        try {
          const { Contents = [] } = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, MaxKeys: most }), abort);
          return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
        } catch (error) {
          if (nameOf(error) === 'NoSuchBucket') return [];
          throw error;
        }
      }),
    removeObjects: (keys, options) =>
      run('remove-objects', options, async (sdk, client, abort) => {
        if (keys.length === 0) return;
        const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
        const { Errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete }), abort);
        const [first] = Errors;
        if (first !== undefined) throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { name: first.Code ?? 'Error' });
      }),
  };
}

async function unlessUnknown(isForeign: boolean, sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (isForeign && (statusOf(error) === 501 || statusOf(error) === 400 || statusOf(error) === 404 || statusOf(error) === 405)) return;
    throw error;
  }
}
