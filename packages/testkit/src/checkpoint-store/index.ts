export type { CheckpointStoreContract } from './checkpoint-store-contract.js';
export { checkpointStoreCases, checkpointStoreContract } from './checkpoint-store-contract.js';
export type { CheckpointStoreFixture } from './fixture.js';
export { commitBytes, fileObject, memoryObject, patternBytes, withChangedPages } from './objects.js';
