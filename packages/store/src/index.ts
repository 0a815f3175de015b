export { changeUserKey, type KeyChange } from './change-user-key.js';
export type { HashKind } from './codec/keyed-hash.js';
export type { HeldKey } from './encryption/held-key.js';
export { isMountGone } from './files/system-errors.js';
export { parseUserKey } from './encryption/user-key.js';
export { parseJobName } from './job-name.js';
export type { HeldRepository, RepositoryOptions } from './open-repository.js';
export { openHeldRepository, openRepository } from './open-repository.js';
