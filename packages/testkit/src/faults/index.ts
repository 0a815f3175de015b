export { applyFault } from './apply-fault.js';
export type { Fault } from './fault.js';
export { describeFault, planFaults } from './plan-faults.js';
export { type RandomSource, randomFrom } from './random-source.js';
export { type RepositoryFile, repositoryFiles } from './repository-files.js';
