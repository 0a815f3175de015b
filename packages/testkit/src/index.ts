export type { ContractCase, NotApplicable } from './contract/index.js';
export { assertRejects, brokenPromises, contractCase, defineContract, runCase } from './contract/index.js';
