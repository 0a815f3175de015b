import { type ContractCase, defineContract } from '../contract/index.js';
import { claimCases } from './claim-cases.js';
import { commitCases } from './commit-cases.js';
import { epochCases } from './epoch-cases.js';
import type { CheckpointStoreFixture } from './fixture.js';
import { forkCases } from './fork-cases.js';
import { listCases } from './list-cases.js';
import { noteCases } from './note-cases.js';
import { pruneCases } from './prune-cases.js';
import { putCases } from './put-cases.js';
import { readCases } from './read-cases.js';
import { removeCases } from './remove-cases.js';
import { withdrawCases } from './withdraw-cases.js';
import { writeFileCases } from './write-file-cases.js';

/** What every CheckpointStore promises, on one repository and two stores open on it. */
export const checkpointStoreCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  ...claimCases,
  ...epochCases,
  ...noteCases,
  ...putCases,
  ...commitCases,
  ...readCases,
  ...writeFileCases,
  ...listCases,
  ...pruneCases,
  ...forkCases,
  ...withdrawCases,
  ...removeCases,
];

export interface CheckpointStoreContract {
  /** For the tests' names: `directory`. */
  readonly name: string;
  /** Makes an empty repository for one case. */
  readonly setup: () => Promise<CheckpointStoreFixture>;
}

/** The contract suite of CheckpointStore as vitest tests. */
export function checkpointStoreContract({ name, setup }: CheckpointStoreContract): void {
  defineContract(name, checkpointStoreCases, setup);
}
