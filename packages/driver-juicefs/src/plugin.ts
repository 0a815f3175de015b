import { basename, dirname, join } from 'node:path';
import { assertDurable, awsDatabase, databaseJsonSchema, type DatabasePorts, parseDatabaseConfig } from '@holdfast/aws-databases';
import { HoldfastError, type MachineSessions, machineSessions, type PasswordSources, type StorageDriver, type StoragePlugin } from '@holdfast/core';
import { resourceState } from '@holdfast/core/provision';
import * as z from 'zod';
import { atRealPath } from './at-real-path.js';
import type { BucketClients } from './client.js';
import { type JuicefsConfig, juicefsConfigSchema, parseJuicefsConfig } from './config.js';
import { juicefsConfigFromUrl } from './config-url.js';
import { createJuicefsDriver } from './driver.js';
import { createProvisionedDriver } from './provisioned-driver.js';
import type { AskRedis } from './redis-keeping.js';
import { isVolumeGone } from './volume-gone.js';
import { assertOneMetadata, isWithoutUrl, withPlaceholder } from './provisioned-section.js';

export interface JuicefsSources extends PasswordSources {
  /** Clients of S3: `s3Buckets()` of `@holdfast/driver-juicefs/aws-sdk`. */
  readonly buckets: BucketClients;
  /** What databases of AWS are made with: `awsSdkPorts` of `@holdfast/aws-databases/aws-sdk`. Without it `metadata` needs a `url`. */
  readonly databases?: (region: string) => DatabasePorts;
  /** `askRedis` of `@holdfast/catalog/sessions`: a given Redis is asked whether it keeps what it acknowledges. Without it none is asked. */
  readonly askRedis?: AskRedis;
}

/** Storage in a JuiceFS volume: objects in S3, names in a database. */
export function juicefs(sources: JuicefsSources): StoragePlugin {
  return {
    type: 'juicefs',
    urlSchemes: ['juicefs'],
    configSchema: schema(),
    configFromUrl: juicefsConfigFromUrl,
    create: (section) => {
      assertOneMetadata(section);
      if (isWithoutUrl(section)) return createWithDatabase(section, sources);
      const config = parseJuicefsConfig(section);
      return createDriver(config, sources, section);
    },
  };
}

function createWithDatabase(section: Parameters<typeof withPlaceholder>[0], sources: JuicefsSources): StorageDriver {
  const config = parseJuicefsConfig(withPlaceholder(section));
  const database = parseDatabaseConfig({ name: config.name, purpose: 'volume' }, section.metadata, { section: 'storage.metadata' });
  assertDurable(database.service, `the metadata of the volume '${config.name}'`, config);
  if (sources.databases === undefined) {
    throw new HoldfastError('HF_UNSUPPORTED', {
      kind: 'unsupported',
      message: `This build makes no databases of AWS, and 'storage.metadata' names ${database.service}`,
      hint: "Give 'metadata.url' of one that is there",
    });
  }
  const over = (metadata: JuicefsConfig['metadata']): StorageDriver => createDriver({ ...config, metadata }, sources, section);
  return createProvisionedDriver({
    database: awsDatabase(database, { ports: sources.databases(config.bucket.region), state: resourceState(`${config.stateDirectory}-metadata`) }),
    over,
    local: over(config.metadata),
    isVolumeGone: async (options) => isVolumeGone({ config, sources, buckets: sources.buckets }, options),
  });
}

function createDriver(config: JuicefsConfig, sources: JuicefsSources, section: unknown): StorageDriver {
  const { buckets, askRedis } = sources;
  return atRealPath(config, (placed) => createJuicefsDriver({ config: placed, sources, buckets, askRedis }, sessionsOf(placed), section));
}

function sessionsOf({ mount: { path } }: JuicefsConfig): MachineSessions {
  return machineSessions(join(dirname(path), `.${basename(path)}.sessions`));
}

function schema(): StoragePlugin['configSchema'] {
  const whole = z.toJSONSchema(juicefsConfigSchema, { io: 'input' });
  const { properties = {} } = whole;
  return { ...whole, properties: { ...properties, metadata: { anyOf: [properties['metadata'], databaseJsonSchema()] } } };
}
