import { type CallOptions, HoldfastError, type StorageProgress } from '@holdfast/core';
import { removeBucket } from './bucket.js';
import type { BucketClient } from './client.js';
import type { JuicefsConfig } from './config.js';
import { forgetHere } from './forget-here.js';
import { assertSameFormat } from './format.js';
import { withFormatLock } from './format-lock.js';
import { isMadeVolume, madeVolumeKey, readMadeVolume, writeMadeVolume } from './made-volume.js';
import { juicefsMetadataUrl, metadataLocation } from './metadata-url.js';
import { throwIfAborted } from './provision.js';
import { runJuicefsWell } from './run-juicefs.js';
import { type Setup, withBucket } from './setup.js';
import { isOfUnfinishedFormat } from './unfinished-format.js';
import { liveSessions, readVolume, type Volume } from './volume.js';

const operation = 'storage.destroy';
const destroyTimeoutMs = 6 * 3_600_000;

type Options = CallOptions & { readonly force?: boolean; readonly onProgress?: (progress: StorageProgress) => void };

/** Removes the volume that `provision` made, and the bucket where it made that; with what the volume holds only by `force`. */
export async function destroyVolume(setup: Setup, options: Options = {}): Promise<void> {
  const { config } = setup;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  throwIfAborted(options.signal, operation, config.name);
  const volume = await readVolume(setup, operation, call);
  if (volume !== undefined) assertThisVolume(config, volume);
  await withBucket(setup, async (bucket) => {
    // A lock in a bucket that is gone is none.
    if (await bucket.exists(call)) {
      const waiting = (message: string): void => options.onProgress?.({ step: 'lock', message });
      await withFormatLock(bucket, config.name, { ...call, onWait: waiting }, (held) => removeVolume(setup, bucket, options.force === true, held));
    } else if (volume !== undefined) throw bucketGone(config);
    await removeBucket(config, bucket, call);
    await forgetHere(config, volume?.setting.UUID);
  });
}

/** Whether Holdfast made a volume is told by its own bucket alone: of another one, by a mistyped name, nothing follows. */
function assertThisVolume(config: JuicefsConfig, { setting }: Volume): void {
  assertSameFormat(config, setting, operation, ['name', 'bucket']);
}

/** To be called with the lock. */
async function removeVolume(setup: Setup, bucket: BucketClient, force: boolean, call: CallOptions): Promise<void> {
  const { config } = setup;
  const volume = await readVolume(setup, operation, call);
  if (volume !== undefined) assertThisVolume(config, volume);
  const note = await readMadeVolume(bucket, config.name, call);
  const { made } = note;
  if (volume === undefined) {
    if (made?.destroying !== true) await refuseObjects(setup, bucket, call);
  } else {
    refuseSessions(config.name, volume);
    if (!isMadeVolume(note, volume.setting.UUID)) throw notOurs(config.name);
    const held = await bucket.list(`${config.name}/chunks/`, 1, call);
    if (!force && (volume.usedInodes > 0 || held.length > 0)) throw holdsMore(config.name, volume.usedInodes);
    // Durable before the first object goes: only under it a rerun clears what is left of a volume that the metadata engine has forgotten.
    await writeMadeVolume(bucket, { version: 1, volume: config.name, uuid: volume.setting.UUID, destroying: true }, note, operation, call);
    const args = ['destroy', juicefsMetadataUrl(config.metadata), volume.setting.UUID, '--yes'];
    await runJuicefsWell(setup, { args, operation, timeoutMs: destroyTimeoutMs, ...call });
  }
  // Only of a volume that was ours: JuiceFS tells of objects that it could not remove in its log alone.
  if (made !== undefined) await removeRest(bucket, config.name, call);
}

/** An engine that knows no volume may be the wrong one, or one that lost its data: objects are then not known to be nobody's. */
async function refuseObjects({ config }: Setup, bucket: BucketClient, call: CallOptions): Promise<void> {
  const keys = await bucket.list(`${config.name}/`, 1000, call);
  const held = keys.find((key) => !isOfUnfinishedFormat(config.name, key));
  if (held === undefined) return;
  throw new HoldfastError('HF_STORAGE_NOT_EMPTY', {
    kind: 'conflict',
    message: `The bucket '${config.bucket.name}' holds '${held}' of a volume '${config.name}' that ${metadataLocation(config.metadata)} does not know`,
    operation,
    context: { volume: config.name },
    hint: `Correct 'metadata.url' if it names another database; if the volume's metadata is lost for good, remove what begins with '${config.name}/' from the bucket, and repeat`,
  });
}

async function removeRest(bucket: BucketClient, name: string, call: CallOptions): Promise<void> {
  for (;;) {
    const keys = await bucket.list(`${name}/`, 1000, call);
    if (keys.length === 0) break;
    await bucket.removeObjects(keys, call);
  }
  // The note last: with it a rerun knows that what is left was ours.
  await bucket.removeObjects([madeVolumeKey(name)], call);
}

function refuseSessions(name: string, volume: Volume): void {
  const sessions = liveSessions(volume, new Date());
  if (sessions.length === 0) return;
  const who = sessions.slice(0, 3).map(({ HostName = 'unknown', MountPoint = '' }) => `${HostName}${MountPoint === '' ? '' : ` at ${MountPoint}`}`);
  throw new HoldfastError('HF_STORAGE_IN_USE', {
    kind: 'conflict',
    message: `The volume '${name}' is in use: it is mounted on ${who.join(', ')}${sessions.length > 3 ? ` and ${sessions.length - 3} more` : ''}`,
    operation,
    context: { volume: name },
    hint: 'Detach it there first; a client that is gone is forgotten two minutes after it gave its last sign of life',
  });
}

function notOurs(name: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_NOT_EMPTY', {
    kind: 'conflict',
    message: `The volume '${name}' was there before Holdfast`,
    operation,
    context: { volume: name },
    hint: 'Remove it by juicefs destroy, if you no longer need it: Holdfast removes only what it made',
  });
}

function bucketGone({ name, bucket }: JuicefsConfig): HoldfastError {
  return new HoldfastError('HF_STORAGE_MISSING', {
    kind: 'not-found',
    message: `The bucket '${bucket.name}' of the volume '${name}' is not there, and with it the note of who made the volume`,
    operation,
    context: { volume: name },
    hint: "Correct 'bucket.endpoint' if it lies elsewhere; if it is gone for good the volume's files are lost, and its database may be emptied",
  });
}

function holdsMore(name: string, usedInodes: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_NOT_EMPTY', {
    kind: 'conflict',
    message: `The volume '${name}' holds ${usedInodes > 0 ? `${usedInodes} files and directories` : 'objects'}`,
    operation,
    context: { volume: name },
    hint: 'Repeat with --force to remove every snapshot in it',
  });
}
