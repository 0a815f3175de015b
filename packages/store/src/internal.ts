/** For tests and siblings in this workspace; no promise is made to anybody else. */
export { changeUserKeyWith } from './change-user-key.js';
export { createFileOperations, type FileOperationsOptions } from './files/create-file-operations.js';
export { type FileAccess, type FileInfo, type FileOperations, type OpenFile, type SyncPoint, syncPoints } from './files/file-operations.js';
export { openRepositoryWith, type RepositoryInternals } from './open-repository.js';
export { ThreadPool } from './workers/thread-pool.js';
