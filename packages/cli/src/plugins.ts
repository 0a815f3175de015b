import { awsSources } from '@holdfast/catalog/aws';
import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';
import { redis } from '@holdfast/catalog/redis';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { SecretReader, StoragePlugin } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import type { Plugins } from './cli-options.js';
import type { Environment } from './settings/variables.js';

/**
 * The drivers and catalogs of this build: the only place that names them. Each loads its client by itself where it is used; a driver is loaded where the
 * storage is of its kind (type or scheme), and all of them where the kind is none of this build's, for whoever tells what there is, or undefined.
 */
export async function plugins(environment: Environment, storageKind?: string): Promise<Plugins> {
  const sources = { environment, ...awsSources() };
  const isKnown = storageKind !== undefined && (isLocal(storageKind) || Object.hasOwn(furtherDrivers, storageKind));
  const further = Object.entries(furtherDrivers).filter(([kind]) => !isKnown || kind === storageKind);
  return {
    drivers: [local(), ...(await Promise.all(further.map(([, load]) => load(sources))))],
    catalogs: [sqlite(), mysql(sources), postgres(sources), redis({ environment, secrets: sources.secrets })],
  };
}

function isLocal(kind: string): boolean {
  return ['local', 'file', ''].includes(kind);
}

interface Sources {
  readonly environment: Environment;
  readonly secrets: SecretReader;
}

/** By the type, which is the scheme of their URLs too. */
const furtherDrivers: Readonly<Record<string, (sources: Sources) => Promise<StoragePlugin>>> = {
  juicefs: async ({ environment, secrets }) => {
    const [{ juicefs }, { s3Buckets }, { awsSdkPorts }, { askRedis, serverSessions }] = await Promise.all([
      import('@holdfast/driver-juicefs'),
      import('@holdfast/driver-juicefs/aws-sdk'),
      import('@holdfast/aws-databases/aws-sdk'),
      import('@holdfast/catalog/sessions'),
    ]);
    const databases = (region: string) => awsSdkPorts({ region, sql: serverSessions() });
    return juicefs({ environment, secrets, buckets: s3Buckets(), databases, askRedis });
  },
};
