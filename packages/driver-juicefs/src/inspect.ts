import { type CallOptions, isHoldfastError, type PlannedResource, type StorageInspection, type StoragePlan } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { bucketUrl } from './config-bucket.js';
import { assertSameFormat, changedSettings, refuseChanges } from './format.js';
import { isMadeVolume, readMadeVolume } from './made-volume.js';
import { metadataLocation } from './metadata-url.js';
import { throwIfAborted } from './provision.js';
import { assertRedisKeeps } from './redis-keeping.js';
import { type Setup, withBucket } from './setup.js';
import { readVolume } from './volume.js';

type Action = PlannedResource['action'];

/** What `provision` would do. */
export async function planVolume(setup: Setup, options: CallOptions = {}): Promise<StoragePlan> {
  const { config } = setup;
  throwIfAborted(options.signal, 'storage.plan', config.name);
  await assertRedisKeeps(setup, 'storage.plan', options);
  const volume = await readVolume(setup, 'storage.plan', options);
  if (volume !== undefined) {
    assertSameFormat(config, volume.setting, 'storage.plan');
    const changes = changedSettings(config, volume.setting);
    if (changes.length === 0) return { resources: resources(config, 'none', 'none'), upToDate: true };
    const note = await withBucket(setup, (bucket) => readMadeVolume(bucket, config.name, options));
    if (!isMadeVolume(note, volume.setting.UUID)) refuseChanges(config, volume.setting, 'storage.plan');
    const [bucket, metadata, there] = resources(config, 'none', 'none');
    const adopt: PlannedResource = { kind: 'volume', name: config.name, action: 'adopt', detail: `change ${changes.join(' ')}` };
    return { resources: [bucket, metadata, there === undefined ? undefined : adopt].filter((each) => each !== undefined), upToDate: false };
  }
  const exists = await withBucket(setup, (bucket) => bucket.exists(options));
  return { resources: resources(config, exists ? 'adopt' : 'create', 'create'), upToDate: false };
}

/** The state as it is now. */
export async function inspectVolume(setup: Setup, options: CallOptions = {}): Promise<StorageInspection> {
  const { config } = setup;
  throwIfAborted(options.signal, 'storage.inspect', config.name);
  const known = resources(config, 'none', 'none');
  try {
    const volume = await readVolume(setup, 'storage.inspect', options);
    if (volume === undefined) return { state: 'absent', reason: undefined, resources: [] };
    assertSameFormat(config, volume.setting, 'storage.inspect');
    const exists = await withBucket(setup, (bucket) => bucket.exists(options));
    if (exists) return { state: 'ready', reason: undefined, resources: known };
    return { state: 'failed', reason: `The bucket '${config.bucket.name}' is gone, and the volume's files with it`, resources: known };
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { state: error.retry === 'yes' ? 'degraded' : 'failed', reason: error.message, resources: known };
  }
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
