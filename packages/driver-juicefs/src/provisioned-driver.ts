import type { AwsDatabase, DatabaseInspection, ProvisionedDatabase } from '@holdfast/aws-databases';
import { type CallOptions, HoldfastError, isHoldfastError, type StorageDriver, type StoragePlan, storageInUse } from '@holdfast/core';
import type { MetadataAccess } from './metadata-url.js';

export interface ProvisionedParts {
  /** Keeps the volume's metadata. */
  readonly database: AwsDatabase;
  /** The driver of the volume whose metadata is there. */
  readonly over: (metadata: MetadataAccess) => StorageDriver;
  /** The same driver where nobody asks for the metadata: the mount of this machine, names, the boot fragment. */
  readonly local: StorageDriver;
  /** Whether the bucket has nothing of the volume: it was removed, or never made. */
  readonly isVolumeGone: (options: CallOptions) => Promise<boolean>;
}

type Planned = StoragePlan['resources'];

/** A volume whose metadata engine is provisioned along with it, before it, and removed after it. */
export function createProvisionedDriver({ database, over, local, isVolumeGone }: ProvisionedParts): StorageDriver {
  const open = ({ database: there }: DatabaseInspection): StorageDriver | undefined => (there === undefined ? undefined : over(accessTo(there)));
  /** Where a look fails without, it says so itself. */
  const look = async (options: CallOptions): Promise<DatabaseInspection> => {
    const found = await database.inspect(options);
    if (found.database !== undefined) await database.equip(options).catch(() => undefined);
    return found;
  };
  const inspect: StorageDriver['inspect'] = async (options = {}) => {
    const found = await look(options);
    const volume = await open(found)?.inspect(options);
    // What stands in the way of the volume is the database, where that is not ready.
    if (volume === undefined || (found.state !== 'ready' && volume.state !== 'ready'))
      return { state: found.state, reason: found.reason, resources: found.resources };
    // A database without a volume is half of what provision makes.
    return { ...volume, resources: [...found.resources, ...volume.resources] };
  };
  return {
    ...local,
    plan: async (options = {}) => {
      const [planned, found] = await Promise.all([database.plan(options), look(options)]);
      const volume = open(found);
      const rest = volume === undefined ? undefined : await planOf(volume, found, local.name, options);
      const unmade = { kind: 'volume', name: local.name, action: 'create', detail: 'JuiceFS, with its bucket, once the database is there' } as const;
      const [first, ...others] = planned.resources;
      const resources = [
        ...(first === undefined ? [] : [{ ...first, costClass: first.costClass ?? planned.cost.text }, ...others]),
        ...(rest ?? [unmade]),
      ];
      return { resources, upToDate: planned.upToDate && rest !== undefined && rest.every(({ action }) => action === 'none') };
    },
    provision: async (options = {}) => {
      const there = await database.provision(options);
      await over(accessTo(there)).provision(options);
      return inspect(options);
    },
    inspect,
    attach: async (options = {}) => {
      const found = await database.inspect(options);
      const volume = open(found);
      if (volume !== undefined) {
        await database.equip(options);
        return volume.attach(options);
      }
      throw found.state === 'absent' ? neverMade(local.name) : outOfReach('storage.attach', local.name, found);
    },
    destroy: async (options = {}) => {
      const inUse = storageInUse(local.name, await local.status(options));
      if (inUse !== undefined) throw inUse;
      const found = await look(options);
      // The database goes only after the volume, whose checks are the ones that keep snapshots.
      await removeVolume(found, options);
      await database.destroy(options);
    },
  };

  async function removeVolume(found: DatabaseInspection, options: Parameters<StorageDriver['destroy']>[0] = {}): Promise<void> {
    const volume = open(found);
    if (volume === undefined && found.state === 'absent') return;
    let cause: unknown;
    try {
      if (volume !== undefined) return await volume.destroy(options);
    } catch (error) {
      const isUnreached = isHoldfastError(error) && ['unavailable', 'permission', 'not-found', 'timeout'].includes(error.kind);
      // Left by a run that ended before the user and the database on the server: no volume can be in it.
      if (isUnreached && (error.kind === 'permission' || error.kind === 'not-found') && (await database.isUnused(options))) return;
      if (found.state === 'ready' || !isUnreached) throw error;
      cause = error;
    }
    // Removed by a run that ended in the middle of the database.
    if (!(await isVolumeGone(options))) throw outOfReach('storage.destroy', local.name, found, cause);
  }
}

/** Of a database that is not ready and does not answer nothing more is known than that. */
async function planOf(volume: StorageDriver, { state, reason }: DatabaseInspection, name: string, options: CallOptions): Promise<Planned> {
  try {
    return (await volume.plan(options)).resources;
  } catch (error) {
    if (state === 'ready' || !isHoldfastError(error) || error.kind === 'aborted') throw error;
    return [{ kind: 'volume', name, action: 'create', detail: `where it is not there; its database is not ready: ${reason ?? state}` }];
  }
}

function accessTo({ engine, host, port, database, user, passwordSource, tls }: ProvisionedDatabase): MetadataAccess {
  return { engine, host, port, database, user, password: passwordSource, tls };
}

function neverMade(name: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_MISSING', {
    kind: 'not-found',
    message: `The database of ${name} is not there`,
    operation: 'storage.attach',
    hint: 'Provision the storage: holdfast storage provision',
  });
}

function outOfReach(operation: string, name: string, { state, reason }: DatabaseInspection, cause?: unknown): HoldfastError {
  const words = cause instanceof Error ? `; ${cause.message}` : '';
  return new HoldfastError('HF_STORAGE_IO', {
    kind: 'unavailable',
    message: `The database of ${name} is there and cannot be used, it is ${state}: ${reason ?? 'it tells no reason'}${words}`,
    operation,
    context: { state },
    hint:
      operation === 'storage.destroy'
        ? 'Nothing was removed. Wait until it is ready or start it, or make what is missing by holdfast storage provision, and repeat'
        : 'Wait until it is ready or start it, or make what is missing by holdfast storage provision',
    ...(cause === undefined ? {} : { cause }),
  });
}
