import {
  type AttachedStorage,
  amendError,
  type CallOptions,
  HoldfastError,
  isHoldfastError,
  type MachineSessions,
  probeDirectory,
} from '@holdfast/core';
import { answerMs, askInTime } from './ask-in-time.js';
import { assertBucketThere } from './bucket.js';
import { flushVolume } from './flush.js';
import { assertSameFormat } from './format.js';
import { guaranteesOf } from './guarantees.js';
import { volumeHealth, volumeUsage } from './health.js';
import { leaveMount } from './leave-mount.js';
import { ensureMount } from './mount/ensure-mount.js';
import { lookAtMount } from './mount/look-at-mount.js';
import { withMountLock } from './mount/mount-lock.js';
import { readMadeVolume } from './made-volume.js';
import type { MountedVolume } from './mount/start-mount.js';
import { superviseMount } from './mount/supervise.js';
import { throwIfAborted } from './provision.js';
import { type Setup, withBucket } from './setup.js';
import { stayLasting } from './stay-lasting.js';
import { watchVolumeTrouble } from './trouble.js';
import { readVolume } from './volume.js';

const operation = 'storage.attach';

/** Mounts the volume, or uses it where another process of this machine did. */
export async function attachVolume(
  setup: Setup,
  sessions: MachineSessions,
  options: CallOptions & { readonly lasting?: boolean } = {},
): Promise<AttachedStorage> {
  const { config } = setup;
  const { path, readOnly, readyTimeoutMs } = config.mount;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  throwIfAborted(options.signal, operation, config.name);
  const volume = await readVolume(setup, operation, call);
  if (volume === undefined) throw neverMade(config.name);
  assertSameFormat(config, volume.setting, operation);
  const uuid = volume.setting.UUID;
  const { mounted, session } = await withMountLock(path, 2 * readyTimeoutMs, call, async () => {
    await assertBucketAnswers(setup, call);
    const session = await sessions.enter();
    try {
      return { mounted: await ensureMount(setup, uuid, call), session };
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  });
  try {
    await probeDirectory({ path, mode: readOnly ? 'look' : 'write', operation, signal: options.signal, timeoutMs: readyTimeoutMs });
    if (options.lasting === true) await stayLasting(sessions, () => throwIfAborted(options.signal, operation, config.name));
  } catch (error) {
    // Nothing was written by this one; where the mount hangs, its session goes at least.
    await leaveMount(config, sessions, session).catch(async () => session[Symbol.asyncDispose]());
    throw error;
  }
  return attachmentOf(setup, sessions, session, mounted);
}

/** Where the client is to be started: it says of a bucket that is away nothing for a minute, and then much. */
async function assertBucketAnswers(setup: Setup, call: CallOptions): Promise<void> {
  const { config } = setup;
  if ((await lookAtMount(config.mount.path, 3000, call)).state !== 'none') return;
  const question = { who: `The bucket '${config.bucket.name}'`, operation, timeoutMs: answerMs };
  try {
    await withBucket(setup, (bucket) =>
      askInTime(question, call, async (call) => {
        await assertBucketThere(config, bucket, operation, call);
        const { made } = await readMadeVolume(bucket, config.name, call);
        if (made?.destroying === true) throw beingRemoved(config.name);
      }),
    );
  } catch (error) {
    // Its client repeats by itself, and who waits for it should know soon.
    throw isHoldfastError(error) && error.retry === 'yes' ? amendError(error, { retry: 'spent' }) : error;
  }
}

function attachmentOf(setup: Setup, sessions: MachineSessions, session: AsyncDisposable, mounted: MountedVolume): AttachedStorage {
  const { config } = setup;
  let supervision = superviseMount(setup, mounted);
  let detached = false;
  const detach = async (options: CallOptions = {}): Promise<void> => {
    if (detached) return;
    throwIfAborted(options.signal, 'storage.detach', config.name);
    await flushVolume(config, mounted.cacheDirectories, options);
    // What is unmounted in order is not to be mounted anew; what stays mounted is.
    supervision[Symbol.dispose]();
    try {
      await leaveMount(config, sessions, session, options);
    } catch (error) {
      supervision = superviseMount(setup, mounted);
      throw error;
    }
    detached = true;
  };
  return {
    root: config.mount.path,
    guarantees: guaranteesOf(config),
    health: (options) => volumeHealth(config, mounted.uuid, options),
    watchTrouble: () => watchVolumeTrouble(setup),
    usage: (options) => volumeUsage(config, options),
    flush: (options) => flushVolume(config, mounted.cacheDirectories, options),
    detach,
    [Symbol.asyncDispose]: () => detach(),
  };
}

function beingRemoved(name: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_IN_USE', {
    kind: 'conflict',
    message: `The volume '${name}' is being removed, or its removal was interrupted: files in it may be gone already`,
    operation,
    context: { volume: name },
    hint: 'Repeat holdfast storage destroy to end that; or keep what is left of it by holdfast storage provision',
  });
}

function neverMade(name: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_MISSING', {
    kind: 'not-found',
    message: `The volume '${name}' is not there`,
    operation,
    hint: 'Provision the storage: holdfast storage provision',
  });
}
