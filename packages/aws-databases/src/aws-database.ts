import { type CallOptions, isHoldfastError, type PlannedResource, type StorageInspection, type StorageProgress } from '@holdfast/core';
import type { ResourceRecord, ResourceState, WaitClock } from '@holdfast/core/provision';
import type { DatabasePorts } from './client.js';
import type { DatabaseConfig } from './config/database-config.js';
import { type CostClass, costClass } from './cost.js';
import { elasticacheDatabase } from './elasticache/engine.js';
import type { DatabaseEngine } from './engine.js';
import { memorydbDatabase } from './memorydb/engine.js';
import type { ProvisionedDatabase } from './provisioned-database.js';
import { rdsDatabase } from './rds/engine.js';
import { assertMainAsNoted } from './resources/noted.js';
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
  /** What there is that `destroy` would remove, in the order of its making. Changes nothing. */
  planRemoval(options?: CallOptions): Promise<readonly PlannedResource[]>;
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
  /** Whether its server is there and has not yet the database in which data would be: nothing is lost with it. Asks the server, as its administrator. */
  isUnused(options?: CallOptions): Promise<boolean>;
  /**
   * Removes what `provision` made, with all data, and nothing else. A repeat is harmless; a stopped one is gone on with.
   *
   * - Also what an earlier configuration of the same service had made: subnets, security groups and parameter groups may be others by now.
   * - Rejects with HF_PROVISION_CONFLICT, and removes nothing, where the notes tell of a database of another service, or of one that was adopted.
   */
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
  const look = async (call: CallOptions) => Promise.all(engine.resources.map(async (each) => each.survey(call)));
  return {
    plan: async (options = {}) => {
      await assertMainAsNoted(state, engine.main);
      await engine.check(options);
      const resources = (await look(options)).map(({ planned }) => planned);
      return { resources, upToDate: resources.every(({ action }) => action !== 'create'), cost: costClass(config) };
    },
    planRemoval: async (options = {}) => {
      await assertMainAsNoted(state, engine.main);
      const parts = engine.removable(await recordsOf(state)).filter(({ stays }) => !stays);
      const surveyed = await Promise.all(parts.map(async (each) => each.survey(options)));
      return surveyed.map(({ planned }) => planned).filter(({ action }) => action === 'none');
    },
    provision: async (options = {}) => {
      await assertMainAsNoted(state, engine.main);
      return engine.provision(workshop(options));
    },
    inspect: async (options = {}) => {
      const surveyed = await look(options);
      const found = stateOf(surveyed);
      const resources = surveyed.map(({ planned }) => planned);
      const conflict = await conflictWithNotes(state, engine);
      if (conflict !== undefined) return { state: 'failed', reason: conflict, resources, database: undefined };
      const unknown = found.state === 'absent' || surveyed.some(({ foreign }) => foreign);
      const database = unknown ? undefined : await engine.describe(options);
      return { ...found, resources, database };
    },
    equip: async (options = {}) => engine.equip(workshop(options)),
    isUnused: async (options = {}) => engine.isUnused(workshop(options)),
    destroy: async (options = {}) => {
      await assertMainAsNoted(state, engine.main);
      const removed: string[] = [];
      const left = [...engine.leaves];
      for (const each of engine.removable(await recordsOf(state)).toReversed()) {
        const outcome = await each.remove(workshop(options));
        if (outcome === 'removed') removed.push(each.label);
        if (outcome === 'left') left.push(each.label);
      }
      return { removed, left };
    },
  };
}

async function recordsOf(state: ResourceState): Promise<readonly ResourceRecord[]> {
  return (await state.list()).map(({ record }) => record);
}

async function conflictWithNotes(state: ResourceState, { main }: DatabaseEngine): Promise<string | undefined> {
  try {
    await assertMainAsNoted(state, main);
    return undefined;
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'HF_PROVISION_CONFLICT') return error.message;
    throw error;
  }
}

function engineOf(config: DatabaseConfig, ports: DatabasePorts, stateDirectory: string): DatabaseEngine {
  if (config.service === 'elasticache') return elasticacheDatabase(ports, config);
  return config.service === 'memorydb' ? memorydbDatabase(ports, config) : rdsDatabase(ports, config, stateDirectory);
}
