import type * as sdk from '@aws-sdk/client-memorydb';

/** The service's package and a client of it, loaded when first asked for. */
export type MemorydbLoader = () => Promise<{ readonly sdk: typeof sdk; readonly client: sdk.MemoryDBClient }>;
