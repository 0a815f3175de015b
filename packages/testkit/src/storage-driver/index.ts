export type { StorageDriverFixture } from './fixture.js';
export type { StorageDriverContract } from './storage-driver-contract.js';
export { layered, layeredStorageDriverCases, storageDriverCases, storageDriverContract } from './storage-driver-contract.js';
