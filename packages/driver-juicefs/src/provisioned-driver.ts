import type { AwsDatabase, ProvisionedDatabase } from '@holdfast/aws-databases';
import { type CallOptions, HoldfastError, type StorageDriver, storageInUse } from '@holdfast/core';
import type { MetadataAccess } from './metadata-url.js';

export interface ProvisionedParts {
  /** Keeps the volume's metadata. */
  readonly database: AwsDatabase;
  /** The driver of the volume whose metadata is there. */
  readonly over: (metadata: MetadataAccess) => StorageDriver;
  /** The same driver where nobody asks for the metadata: the mount of this machine, names, the boot fragment. */
  readonly local: StorageDriver;
}

/** A volume whose metadata engine is provisioned along with it, before it, and removed after it. */
export function createProvisionedDriver({ database, over, local }: ProvisionedParts): StorageDriver {
  const find = async (options: CallOptions): Promise<StorageDriver | undefined> => {
    const { database: there } = await database.inspect(options);
    return there === undefined ? undefined : over(accessTo(there));
  };
  const inspect: StorageDriver['inspect'] = async (options = {}) => {
    const found = await database.inspect(options);
    if (found.database === undefined) return { state: found.state, reason: found.reason, resources: found.resources };
    const volume = await over(accessTo(found.database)).inspect(options);
    // A database without a volume is half of what provision makes.
    return { ...volume, resources: [...found.resources, ...volume.resources] };
  };
  return {
    ...local,
    plan: async (options = {}) => {
      const [planned, volume] = await Promise.all([database.plan(options), find(options)]);
      const rest = volume === undefined ? [] : (await volume.plan(options)).resources;
      const unmade = { kind: 'volume', name: local.name, action: 'create', detail: 'JuiceFS, with its bucket, once the database is there' } as const;
      const [first, ...others] = planned.resources;
      const resources = [
        ...(first === undefined ? [] : [{ ...first, costClass: first.costClass ?? planned.cost.text }, ...others]),
        ...(volume === undefined ? [unmade] : rest),
      ];
      return { resources, upToDate: planned.upToDate && volume !== undefined && rest.every(({ action }) => action === 'none') };
    },
    provision: async (options = {}) => {
      const there = await database.provision(options);
      await over(accessTo(there)).provision(options);
      return inspect(options);
    },
    inspect,
    attach: async (options = {}) => {
      const volume = await find(options);
      if (volume === undefined) throw neverMade(local.name);
      return volume.attach(options);
    },
    destroy: async (options = {}) => {
      const inUse = storageInUse(local.name, await local.status(options));
      if (inUse !== undefined) throw inUse;
      const volume = await find(options);
      await volume?.destroy(options);
      await database.destroy(options);
    },
  };
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
