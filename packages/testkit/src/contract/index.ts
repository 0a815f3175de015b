export { assertRejects } from './assert-rejects.js';
export type { ContractCase, NotApplicable } from './contract-case.js';
export { brokenPromises, contractCase, runCase } from './contract-case.js';
export { defineContract } from './define-contract.js';
