export type { MetadataStoreFixture } from './fixture.js';
export type { MetadataStoreContract } from './metadata-store-contract.js';
export { metadataStoreCases, metadataStoreContract } from './metadata-store-contract.js';
