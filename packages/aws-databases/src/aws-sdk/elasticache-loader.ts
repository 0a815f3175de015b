import type * as sdk from '@aws-sdk/client-elasticache';

/** The service's package and a client of it, loaded when first asked for. */
export type ElasticacheLoader = () => Promise<{ readonly sdk: typeof sdk; readonly client: sdk.ElastiCacheClient }>;
