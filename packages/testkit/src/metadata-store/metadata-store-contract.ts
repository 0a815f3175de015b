import { type ContractCase, defineContract } from '../contract/index.js';
import { argumentCases } from './argument-cases.js';
import { connectionCases } from './connection-cases.js';
import type { MetadataStoreFixture } from './fixture.js';
import { jobCases } from './job-cases.js';
import { leaseCases } from './lease-cases.js';
import { pageCases } from './page-cases.js';
import { recordCases } from './record-cases.js';

/** What every MetadataStore promises, on one database and two connections to it. */
export const metadataStoreCases: readonly ContractCase<MetadataStoreFixture>[] = [
  ...leaseCases,
  ...jobCases,
  ...recordCases,
  ...pageCases,
  ...argumentCases,
  ...connectionCases,
];

export interface MetadataStoreContract {
  /** For the tests' names: `sqlite`. */
  readonly name: string;
  /** Makes an empty database for one case. */
  readonly setup: () => Promise<MetadataStoreFixture>;
}

/** The contract suite of MetadataStore as vitest tests. */
export function metadataStoreContract({ name, setup }: MetadataStoreContract): void {
  defineContract(name, metadataStoreCases, setup);
}
