import type { CallOptions } from '@holdfast/core';
import type { ResourceRecord } from '@holdfast/core/provision';
import type { Noted } from './resources/noted.js';
import type { Part } from './resources/part.js';
import type { Workshop } from './resources/workshop.js';
import type { ProvisionedDatabase } from './provisioned-database.js';

/** What differs from one service to the next. */
export interface DatabaseEngine {
  /** What has the data: as it is noted, so must the configuration name it. */
  readonly main: Noted;
  /** What the configuration is about, in the order in which it is made. */
  readonly resources: readonly Part[];
  /** All that a run may have made, by whichever configuration of the same service, in that order; removed the other way round. */
  readonly removable: (noted: readonly ResourceRecord[]) => readonly Part[];
  /** Rejects where what was given cannot do. Asks alone. */
  readonly check: (call: CallOptions) => Promise<unknown>;
  readonly provision: (workshop: Workshop) => Promise<ProvisionedDatabase>;
  /** From what is there; undefined where it is not complete. Asks no server. */
  readonly describe: (call: CallOptions) => Promise<ProvisionedDatabase | undefined>;
  /** Puts onto this machine what a connection needs beside the password. */
  readonly equip: (workshop: Workshop) => Promise<void>;
  /** Whether the server is there and lacks the database in which data would be, so that nothing is lost with it. Asks the server. */
  readonly isUnused: (workshop: Workshop) => Promise<boolean>;
  /** What `destroy` cannot take away with it, in words. */
  readonly leaves: readonly string[];
}
