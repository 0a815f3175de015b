import type { CallOptions } from '@holdfast/core';
import type { Part } from './resources/part.js';
import type { Workshop } from './resources/workshop.js';
import type { ProvisionedDatabase } from './provisioned-database.js';

/** What differs from one service to the next. */
export interface DatabaseEngine {
  /** In the order in which they are made; removed the other way round. */
  readonly resources: (call: CallOptions) => Promise<readonly Part[]>;
  readonly provision: (workshop: Workshop) => Promise<ProvisionedDatabase>;
  /** From what is there; undefined where it is not complete. Asks no server. */
  readonly describe: (call: CallOptions) => Promise<ProvisionedDatabase | undefined>;
  /** Puts onto this machine what a connection needs beside the password. */
  readonly equip: (workshop: Workshop) => Promise<void>;
  /** What `destroy` cannot take away with it, in words. */
  readonly leaves: readonly string[];
}
