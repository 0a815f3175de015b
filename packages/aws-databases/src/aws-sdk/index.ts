import { HoldfastError } from '@holdfast/core';
import type { DatabasePorts, SqlPort } from '../client.js';
import { type AwsClientOptions } from './client-options.js';
import { elasticachePort } from './elasticache.js';
import { memorydbPort } from './memorydb.js';
import { networkPort } from './network.js';
import { rdsPort } from './rds.js';
import { secretsPort } from './secrets.js';

export type { AwsClientOptions } from './client-options.js';

/** The ports over AWS's SDK. Each service's package is loaded by its first call. `sql` connects to the servers: `@holdfast/catalog/sessions` does. */
export function awsSdkPorts(options: AwsClientOptions & { readonly sql: SqlPort }): DatabasePorts {
  return {
    network: networkPort(options),
    secrets: secretsPort(options),
    rds: rdsPort(options),
    elasticache: elasticachePort(options),
    memorydb: memorydbPort(options),
    sql: options.sql,
    fetchText: async (url, { signal }) => {
      const late = AbortSignal.timeout(60_000);
      try {
        const answer = await fetch(url, { signal: signal === undefined ? late : AbortSignal.any([signal, late]) });
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
        return await answer.text();
      } catch (error) {
        throw new HoldfastError('HF_CLOUD_UNAVAILABLE', {
          kind: 'unavailable',
          message: `${url} could not be fetched: ${error instanceof Error ? error.message : String(error)}`,
          hint: "Fetch it by other means and name the file by 'tlsCaFile'",
          operation: 'provision.fetch',
          cause: error,
        });
      }
    },
  };
}
