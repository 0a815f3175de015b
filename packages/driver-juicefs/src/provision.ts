import { type CallOptions, HoldfastError, type StorageProgress } from '@holdfast/core';
import { ensureBucket } from './bucket.js';
import type { BucketClient } from './client.js';
import { assertSameFormat, changedSettings, changeText, formatArguments, refuseChanges } from './format.js';
import { withFormatLock } from './format-lock.js';
import { juicefsMetadataUrl, metadataLocation } from './metadata-url.js';
import { completeMadeVolume, isHalfDone, isMadeVolume, type MadeVolume, readMadeVolume, writeMadeVolume } from './made-volume.js';
import { assertRedisKeeps } from './redis-keeping.js';
import { runJuicefsWell } from './run-juicefs.js';
import { type Setup, withBucket } from './setup.js';
import { assertNoForeignObjects } from './unfinished-format.js';
import { readVolume, type Volume } from './volume.js';

const operation = 'storage.provision';
const formatTimeoutMs = 60_000;

type Options = CallOptions & { readonly onProgress?: (progress: StorageProgress) => void };

/** Makes what is missing: the bucket, and the volume in it. */
export async function provisionVolume(setup: Setup, options: Options = {}): Promise<void> {
  const { config } = setup;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  const tell = (step: string, message: string): void => {
    options.onProgress?.({ step, message });
    throwIfAborted(options.signal, operation, config.name);
  };
  throwIfAborted(options.signal, operation, config.name);
  tell('metadata', `Asking ${metadataLocation(config.metadata)} for the volume '${config.name}'`);
  await assertRedisKeeps(setup, operation, call);
  const there = await readVolume(setup, operation, call);
  if (there !== undefined) {
    assertSameFormat(config, there.setting, operation);
    await change(setup, there, call, tell);
    // What its note calls half done, somebody else may be in the middle of: that is told by the lock.
    if (!(await withBucket(setup, async (bucket) => isHalfDone(await readMadeVolume(bucket, config.name, call))))) return;
  }
  await withBucket(setup, async (bucket) => {
    const outcome = await ensureBucket(config, bucket, call);
    if (outcome === 'made') tell('bucket', `Made the bucket '${config.bucket.name}'`);
    const onWait = (message: string): void => options.onProgress?.({ step: 'lock', message });
    const isMade = await withFormatLock(bucket, config.name, { ...call, onWait }, async (call) => {
      const meanwhile = await readVolume(setup, operation, call);
      if (meanwhile !== undefined) {
        assertSameFormat(config, meanwhile.setting, operation);
        await completeMadeVolume(bucket, config.name, meanwhile.setting.UUID, operation, call);
        return false;
      }
      const note = await readMadeVolume(bucket, config.name, call);
      await clearUnfinishedFormat(setup, bucket, note.made?.pending === true, call);
      const pending: MadeVolume = { version: 1, volume: config.name, uuid: '', pending: true };
      await writeMadeVolume(bucket, pending, note, operation, call);
      await runJuicefsWell(setup, { args: formatArguments(config), operation, timeoutMs: formatTimeoutMs, ...call });
      const made = await readVolume(setup, operation, call);
      if (made === undefined) throw notThere(setup);
      await completeMadeVolume(bucket, config.name, made.setting.UUID, operation, call);
      return true;
    });
    if (isMade) tell('volume', `Made the volume '${config.name}'`);
  });
}

async function change(setup: Setup, { setting }: Volume, call: CallOptions, tell: (step: string, message: string) => void): Promise<void> {
  const changes = changedSettings(setup.config, setting);
  if (changes.length === 0) return;
  const note = await withBucket(setup, (bucket) => readMadeVolume(bucket, setup.config.name, call));
  if (!isMadeVolume(note, setting.UUID)) refuseChanges(setup.config, setting, operation);
  await runJuicefsWell(setup, {
    args: ['config', '--yes', ...changes, juicefsMetadataUrl(setup.config.metadata)],
    operation,
    timeoutMs: formatTimeoutMs,
    ...call,
  });
  tell('settings', `Changed ${changeText(setup.config, setting)}`);
}

/** Removes what a format of ours that was killed left: the client makes no volume where it finds its own marks. Refuses what is of another volume. */
async function clearUnfinishedFormat({ config }: Setup, bucket: BucketClient, wasBegun: boolean, call: CallOptions): Promise<void> {
  const keys = await bucket.list(`${config.name}/`, 1000, call);
  assertNoForeignObjects(config, keys, wasBegun, operation);
  if (keys.length > 0) await bucket.removeObjects(keys, call);
}

function notThere({ config }: Setup): HoldfastError {
  return new HoldfastError('HF_UNEXPECTED', {
    kind: 'unexpected',
    message: `juicefs format of the volume '${config.name}' ended well, and ${metadataLocation(config.metadata)} does not know it`,
    operation,
  });
}

export function throwIfAborted(signal: AbortSignal | undefined, operation: string, name: string): void {
  if (signal?.aborted !== true) return;
  throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of the volume '${name}' was aborted`, operation });
}
