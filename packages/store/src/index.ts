export { parseJobName } from './job-name.js';
export type { RepositoryOptions } from './open-repository.js';
export { openRepository } from './open-repository.js';
