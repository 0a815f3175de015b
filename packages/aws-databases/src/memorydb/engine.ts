import type { CallOptions } from '@holdfast/core';
import type { DatabasePorts, MemorydbCluster } from '../client.js';
import type { MemorydbConfig } from '../config/database-config.js';
import type { DatabaseEngine } from '../engine.js';
import { baseName, markOf, ports as portNumbers, tagsOf } from '../names.js';
import type { ProvisionedDatabase } from '../provisioned-database.js';
import { assertEncrypted, assertKeeps } from '../resources/eviction.js';
import { type Managed, standingOfState } from '../resources/managed.js';
import { ensureSecurityGroups, ensureSubnetGroup, securityGroup, subnetGroup, vpcOf } from '../resources/network.js';
import { type Part, part } from '../resources/part.js';
import { assertPasswordKnown } from '../resources/password-known.js';
import { applicationSecret, ensureApplicationPassword } from '../resources/secret.js';
import { awaitReady, ensure, type Workshop } from '../resources/workshop.js';
import { accessList, ensureAccess, memorydbUser } from './access.js';

function cluster({ memorydb }: DatabasePorts, config: MemorydbConfig): Managed<MemorydbCluster> {
  const name = config.adopt ?? baseName(config);
  const { engine, version, nodeType, replicas } = config;
  return {
    key: 'cluster',
    kind: 'memorydb-cluster',
    name,
    label: `MemoryDB cluster '${name}'`,
    detail: `${engine} ${version} on ${replicas + 1} of ${nodeType}, one shard, encrypted`,
    find: async (call) => memorydb.clusters.find(name, call),
    mark: markOf(config),
    markIn: ({ description }) => description,
    adopt: config.adopt !== undefined,
    idOf: ({ arn }) => arn,
    standingOf: ({ state }) => standingOfState(state),
    reason: async (call) => memorydb.lastEvent(name, call),
    remove: async (_, call) => memorydb.clusters.remove(name, call),
  };
}

/** Valkey or Redis on MemoryDB, which acknowledges what is in its log in several zones. */
export function memorydbDatabase(ports: DatabasePorts, config: MemorydbConfig): DatabaseEngine {
  const managed = cluster(ports, config);
  const secret = applicationSecret(ports, config);
  const isAdopted = config.adopt !== undefined;
  const isGroupGiven = config.network.securityGroups.length > 0;
  const user = memorydbUser(ports, config);
  const [group, main] = [part(securityGroup(ports, config)), part(managed)];
  const within = (users: readonly (typeof user)[]): readonly Part[] => [
    part(subnetGroup(ports.memorydb.subnetGroups, config)),
    part(secret),
    ...users.map((each) => part(each)),
    part(accessList(ports, config)),
    main,
  ];
  return {
    main: managed,
    resources: isAdopted ? [main] : isGroupGiven ? within([user]) : [group, ...within([user])],
    removable: (noted) => {
      if (isAdopted) return [main];
      // One by another name than today's: no other resource's name is of the user's choice.
      const others = noted.filter(({ kind, name }) => kind === user.kind && name !== user.name);
      return [group, ...within([user, ...others.map(({ name }) => memorydbUser(ports, { ...config, user: name }))])];
    },
    check: async (call) => config.adopt ?? vpcOf(ports.network, config.network.subnets, call),
    provision: async (workshop) => (config.adopt === undefined ? make(workshop, ports, config) : adopt(workshop, ports, config)),
    describe: async (call) => {
      const found = await managed.find(call);
      const arn = config.passwordSecret ?? (await secret.find(call))?.arn;
      if (found === undefined || arn === undefined) return undefined;
      return databaseOf(config, found, { from: 'secret', secret: arn, region: config.region });
    },
    equip: async () => {},
    // Its user comes before it: there is no time in which it is there and nobody can use it.
    isUnused: async () => false,
    leaves: [],
  };
}

async function make(workshop: Workshop, ports: DatabasePorts, config: MemorydbConfig): Promise<ProvisionedDatabase> {
  const managed = cluster(ports, config);
  const { parameterGroup, engine, version, nodeType, replicas, kmsKey } = config;
  if (parameterGroup !== undefined) assertKeeps('The cluster to be made', parameterGroup, await policyOf(ports, parameterGroup, callOf(workshop)));
  const vpc = await vpcOf(ports.network, config.network.subnets, callOf(workshop));
  const securityGroups = await ensureSecurityGroups(workshop, ports, config, vpc);
  const group = await ensureSubnetGroup(workshop, ports.memorydb.subnetGroups, config);
  await assertPasswordKnown(workshop, ports, config, memorydbUser(ports, config), 'aws memorydb update-user --authentication-mode');
  const { password, source } = await ensureApplicationPassword(workshop, ports, config);
  const acl = await ensureAccess(workshop, ports, config, password);
  const shape = { engine, version, nodeType, replicas, kmsKey, parameterGroup, port: portNumbers.memorydb };
  await ensure(workshop, managed, async (call) => {
    const spec = { name: managed.name, description: markOf(config), tags: tagsOf(config), ...shape, acl, subnetGroup: group, securityGroups };
    return ports.memorydb.clusters.create(spec, call);
  });
  return complete(await awaitReady(workshop, managed, config.timeoutMs, isComplete), config, source);
}

async function adopt(workshop: Workshop, ports: DatabasePorts, config: MemorydbConfig): Promise<ProvisionedDatabase> {
  const managed = cluster(ports, config);
  await ensure(workshop, managed, async () => 'exists');
  const found = await awaitReady(workshop, managed, config.timeoutMs, isComplete);
  assertEncrypted(managed.label, found.encryptsTransit);
  const group = found.parameterGroup ?? 'unknown';
  assertKeeps(managed.label, group, await policyOf(ports, group, callOf(workshop)));
  return complete(found, config, { from: 'secret', secret: config.passwordSecret ?? '', region: config.region });
}

/** The groups of MemoryDB itself do not evict. */
async function policyOf({ memorydb }: DatabasePorts, group: string, call: CallOptions): Promise<string | undefined> {
  return group.startsWith('default.') ? 'noeviction' : memorydb.readParameter(group, 'maxmemory-policy', call);
}

function callOf({ signal }: Workshop): CallOptions {
  return signal === undefined ? {} : { signal };
}

function isComplete({ host, port }: MemorydbCluster): boolean {
  return host !== undefined && port !== undefined;
}

function complete(found: MemorydbCluster, config: MemorydbConfig, source: ProvisionedDatabase['passwordSource']): ProvisionedDatabase {
  const database = databaseOf(config, found, source);
  if (database === undefined) throw new Error('a cluster without an address was taken for complete');
  return database;
}

function databaseOf(
  { user }: MemorydbConfig,
  { host, port }: MemorydbCluster,
  source: ProvisionedDatabase['passwordSource'],
): ProvisionedDatabase | undefined {
  if (host === undefined || port === undefined) return undefined;
  return { service: 'memorydb', engine: 'redis', host, port, database: '0', user, passwordSource: source, tls: { caFile: undefined }, cluster: true };
}
