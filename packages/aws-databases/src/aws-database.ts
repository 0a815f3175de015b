import type { CallOptions, PlannedResource, StorageInspection, StorageProgress } from '@holdfast/core';
import type { ResourceState, WaitClock } from '@holdfast/core/provision';
import type { DatabasePorts } from './client.js';
import type { DatabaseConfig } from './config/database-config.js';
import { type CostClass, costClass } from './cost.js';
import { elasticacheDatabase } from './elasticache/engine.js';
import type { DatabaseEngine } from './engine.js';
import { memorydbDatabase } from './memorydb/engine.js';
import type { ProvisionedDatabase } from './provisioned-database.js';
import { rdsDatabase } from './rds/engine.js';
import { stateOf } from './resources/survey.js';
import type { Workshop } from './resources/workshop.js';

export interface ProgressOptions extends CallOptions {
  readonly onProgress?: ((progress: StorageProgress) => void) | undefined;
}

export interface DatabasePlan {
  readonly resources: readonly PlannedResource[];
  readonly upToDate: boolean;
  readonly cost: CostClass;
}

export interface DatabaseInspection extends StorageInspection {
  /** How it is reached, in whatever state it is: undefined where its address or its password's secret is not there, or something is not Holdfast's. */
  readonly database: ProvisionedDatabase | undefined;
}

export interface DatabaseRemoval {
  readonly removed: readonly string[];
  /** What was adopted or is somebody else's, and what cannot be taken away with it. */
  readonly left: readonly string[];
}

/** A database of AWS: how it comes to be and goes away. Does nothing until asked. */
export interface AwsDatabase {
  /** Tells what `provision` would do, and what it would cost. Changes nothing. */
  plan(options?: CallOptions): Promise<DatabasePlan>;
  /**
   * Makes what is missing until the database can be used, and tells how it is reached.
   *
   * - A rerun after an end at any point, and another one at the same time, end with one of each.
   * - Writes down what it is about to make before it is made; no secret.
   * - Rejects with HF_PROVISION_FAILED and the reason of AWS, at once, where something cannot become ready.
   */
  provision(options?: ProgressOptions): Promise<ProvisionedDatabase>;
  /** Tells how it is now. Absence is a state. */
  inspect(options?: CallOptions): Promise<DatabaseInspection>;
  /**
   * Puts onto this machine what a connection needs beside the password: the authorities of RDS, where `provision` ran on another one and they are not here.
   * Asks nothing of AWS's API. A repeat does nothing.
   */
  equip(options?: ProgressOptions): Promise<void>;
  /** Removes what `provision` made, with all data, and nothing else. A repeat is harmless; a stopped one is gone on with. */
  destroy(options?: ProgressOptions): Promise<DatabaseRemoval>;
}

export interface AwsDatabaseOptions {
  readonly ports: DatabasePorts;
  /** Of this deployment alone. */
  readonly state: ResourceState;
  readonly clock?: WaitClock;
  /** How often a state is looked at. Default 5 s, growing to 15 s. */
  readonly pollMs?: { readonly min: number; readonly max: number };
}

export function awsDatabase(config: DatabaseConfig, { ports, state, clock, pollMs }: AwsDatabaseOptions): AwsDatabase {
  const engine = engineOf(config, ports, state.directory);
  const workshop = ({ signal, onProgress }: ProgressOptions): Workshop => ({ signal, onProgress, state, clock, pollMs });
  const look = async (call: CallOptions) => Promise.all((await engine.resources(call)).map(async (each) => each.survey(call)));
  return {
    plan: async (options = {}) => {
      const resources = (await look(options)).map(({ planned }) => planned);
      return { resources, upToDate: resources.every(({ action }) => action !== 'create'), cost: costClass(config) };
    },
    provision: async (options = {}) => engine.provision(workshop(options)),
    inspect: async (options = {}) => {
      const surveyed = await look(options);
      const found = stateOf(surveyed);
      const unknown = found.state === 'absent' || surveyed.some(({ foreign }) => foreign);
      const database = unknown ? undefined : await engine.describe(options);
      return { ...found, resources: surveyed.map(({ planned }) => planned), database };
    },
    equip: async (options = {}) => engine.equip(workshop(options)),
    destroy: async (options = {}) => {
      const removed: string[] = [];
      const left = [...engine.leaves];
      for (const each of (await engine.resources(options)).toReversed()) {
        const outcome = await each.remove(workshop(options));
        if (outcome === 'removed') removed.push(each.label);
        if (outcome === 'left') left.push(each.label);
      }
      return { removed, left };
    },
  };
}

function engineOf(config: DatabaseConfig, ports: DatabasePorts, stateDirectory: string): DatabaseEngine {
  if (config.service === 'elasticache') return elasticacheDatabase(ports, config);
  return config.service === 'memorydb' ? memorydbDatabase(ports, config) : rdsDatabase(ports, config, stateDirectory);
}
