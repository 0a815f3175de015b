import type { CallOptions, MetadataStore } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import { checkedStore } from '../calls/checked-store.js';
import { createAttempts } from './attempts.js';
import { createCheckpoints } from './checkpoints.js';
import type { PasswordSources } from '../server/credentials.js';
import type { RedisConfig } from './config.js';
import { openConnection } from './connection.js';
import { createEvents } from './events.js';
import { createFindings } from './findings.js';
import { isCluster } from './is-cluster.js';
import { createJobIndex } from './job-index.js';
import { createJobs } from './jobs.js';
import { keysBelow } from './keys.js';
import { createLeases } from './leases.js';
import { checkSchemaVersion } from './schema-version.js';
import { createSession, type Session } from './session.js';
import { createTotals } from './totals.js';

/** The store on the server that the configuration names. */
export async function openRedisStore(config: RedisConfig, sources: PasswordSources, options?: CallOptions): Promise<MetadataStore> {
  const { host, port, database, user, tls, prefix, retryForMs } = config;
  const location = `${tls === undefined ? 'redis' : 'rediss'}://${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
  const connect = (isClustered: boolean): Session =>
    createSession(openConnection({ config, sources, isCluster: isClustered }), { location, timeoutMs: retryForMs });
  let session = connect(config.cluster === true);
  try {
    if (config.cluster === undefined && (await isCluster(session, options))) {
      if (database !== 0) throw noDatabase(location);
      session.close();
      session = connect(true);
    }
    const keys = keysBelow(prefix);
    const index = createJobIndex(location, keys);
    await checkSchemaVersion(session, keys, options);
    return checkedStore({
      type: 'redis',
      ...createLeases(session, keys),
      ...createJobs(session, keys, index),
      ...createTotals(session, keys, index),
      ...createFindings(session, keys),
      ...createAttempts(session, keys),
      ...createCheckpoints(session, keys),
      ...createEvents(session, keys),
      [Symbol.asyncDispose]: () => Promise.resolve(session.close()),
    });
  } catch (error) {
    session.close();
    throw error;
  }
}

function noDatabase(location: string): HoldfastError {
  return new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `The catalog ${location} is a cluster, which has no database but 0`,
    hint: "Leave the number out of the URL; 'prefix' keeps several catalogs apart",
  });
}
