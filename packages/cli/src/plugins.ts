import { awsSources } from '@holdfast/catalog/aws';
import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';
import { redis } from '@holdfast/catalog/redis';
import { sqlite } from '@holdfast/catalog/sqlite';
import { juicefs } from '@holdfast/driver-juicefs';
import { s3Buckets } from '@holdfast/driver-juicefs/aws-sdk';
import { local } from '@holdfast/driver-local';
import type { Plugins } from './cli-options.js';
import type { Environment } from './settings/variables.js';

/** The drivers and catalogs of this build: the only place that names them. Each loads its client by itself where it is used. */
export function plugins(environment: Environment): Plugins {
  const sources = { environment, ...awsSources() };
  return {
    drivers: [local(), juicefs({ environment, secrets: sources.secrets, buckets: s3Buckets() })],
    catalogs: [sqlite(), mysql(sources), postgres(sources), redis({ environment, secrets: sources.secrets })],
  };
}
