import { type CallOptions, isHoldfastError, type PlannedResource, type StorageInspection, type StoragePlan } from '@holdfast/core';
import { answerMs, askInTime } from './ask-in-time.js';
import { assertBucketThere, isBucketThere, isMadeBucket, plannedBucket } from './bucket.js';
import type { BucketClient } from './client.js';
import type { JuicefsConfig } from './config.js';
import { bucketUrl } from './config-bucket.js';
import { assertSameFormat, changedSettings, changeText, refuseChanges } from './format.js';
import { isMadeVolume, readMadeVolume } from './made-volume.js';
import { metadataLocation } from './metadata-url.js';
import { throwIfAborted } from './provision.js';
import { assertRedisKeeps } from './redis-keeping.js';
import { type Setup, withBucket } from './setup.js';
import { assertNoForeignObjects } from './unfinished-format.js';
import { readVolume, type Volume } from './volume.js';

type Action = PlannedResource['action'];

/** What `provision` would do. Rejects where it would, as far as that can be seen: where the bucket or the metadata engine cannot be used, or is not the volume's. */
export async function planVolume(setup: Setup, options: CallOptions = {}): Promise<StoragePlan> {
  const { config } = setup;
  const operation = 'storage.plan';
  throwIfAborted(options.signal, operation, config.name);
  await assertRedisKeeps(setup, operation, options);
  const volume = await readVolume(setup, operation, options);
  if (volume !== undefined) assertSameFormat(config, volume.setting, operation);
  return withBucket(setup, (client) =>
    askBucket(setup, operation, options, async (call) => {
      if (volume !== undefined) return planChanges(config, volume, client, call);
      const bucket = await plannedBucket(config, client, operation, call);
      if (bucket !== 'create') {
        const { made } = await readMadeVolume(client, config.name, call);
        assertNoForeignObjects(config, await client.list(`${config.name}/`, 1000, call), made?.pending === true, operation);
      }
      return { resources: resources(config, bucket, 'create'), upToDate: false };
    }),
  );
}

async function planChanges(config: JuicefsConfig, { setting }: Volume, client: BucketClient, call: CallOptions): Promise<StoragePlan> {
  await assertBucketThere(config, client, 'storage.plan', call);
  const changes = changedSettings(config, setting);
  if (changes.length === 0) return { resources: resources(config, 'none', 'none'), upToDate: true };
  if (!isMadeVolume(await readMadeVolume(client, config.name, call), setting.UUID)) refuseChanges(config, setting, 'storage.plan');
  const known = resources(config, 'none', 'change');
  return {
    resources: known.map((each) => (each.kind === 'volume' ? { ...each, detail: changeText(config, setting) } : each)),
    upToDate: false,
  };
}

/** The state as it is now. */
export async function inspectVolume(setup: Setup, options: CallOptions = {}): Promise<StorageInspection> {
  const { config } = setup;
  const operation = 'storage.inspect';
  throwIfAborted(options.signal, operation, config.name);
  let known: StorageInspection['resources'] = [];
  try {
    const volume = await readVolume(setup, operation, options);
    if (volume !== undefined) {
      known = resources(config, 'none', 'none');
      assertSameFormat(config, volume.setting, operation);
    }
    return await withBucket(setup, (client) =>
      askBucket(setup, operation, options, async (call) => {
        if (volume === undefined) return withoutVolume(config, client, call);
        if (await isBucketThere(config, client, call)) return { state: 'ready', reason: undefined, resources: known };
        return { state: 'failed', reason: `The bucket '${config.bucket.name}' is gone, and the volume's files with it`, resources: known };
      }),
    );
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { state: error.retry !== 'no' ? 'degraded' : 'failed', reason: error.message, resources: known };
  }
}

/** What an interrupted `provision` or `destroy` left is told, so that somebody takes it away. */
async function withoutVolume(config: JuicefsConfig, client: BucketClient, call: CallOptions): Promise<StorageInspection> {
  if (!(await isMadeBucket(config, client, call))) return { state: 'absent', reason: undefined, resources: [] };
  return {
    state: 'failed',
    reason: `The bucket '${config.bucket.name}' is there, and no volume: holdfast storage provision makes it, holdfast storage destroy removes the bucket`,
    resources: resources(config, 'none', 'create').filter(({ kind }) => kind === 's3-bucket'),
  };
}

/** All that is asked in one look has to come in that time. */
async function askBucket<T>({ config }: Setup, operation: string, options: CallOptions, ask: (call: CallOptions) => Promise<T>): Promise<T> {
  return askInTime({ who: `The bucket '${config.bucket.name}'`, operation, timeoutMs: answerMs }, options, ask);
}

function resources(config: JuicefsConfig, bucket: Action, volume: Action): readonly PlannedResource[] {
  const { format } = config;
  return [
    {
      kind: 's3-bucket',
      name: config.bucket.name,
      action: bucket,
      costClass: 'by use: what is stored, and requests',
      detail: `${bucketUrl(config.bucket)}, private`,
    },
    { kind: 'metadata', name: metadataLocation(config.metadata), action: 'none', detail: 'a database that is there already' },
    {
      kind: 'volume',
      name: config.name,
      action: volume,
      detail: `JuiceFS, objects of ${format.blockSizeBytes / 1024} KiB, compression ${format.compression}, trash ${format.trashDays} days`,
    },
  ];
}
