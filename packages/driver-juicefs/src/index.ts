export type { BucketClient, BucketClients, BucketKeys, BucketPlace, StoredObject } from './client.js';
export type { JuicefsConfig } from './config.js';
export type { JuicefsSources } from './plugin.js';
export { juicefs } from './plugin.js';
