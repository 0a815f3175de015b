export { changeUserKey, type KeyChange } from './change-user-key.js';
export type { HashKind } from './codec/keyed-hash.js';
export { parseUserKey } from './encryption/user-key.js';
export { parseJobName } from './job-name.js';
export type { RepositoryOptions } from './open-repository.js';
export { openRepository } from './open-repository.js';
