import type { CallOptions } from '@holdfast/core';
import type { DatabasePorts, ReplicationGroup } from '../client.js';
import type { ElasticacheConfig } from '../config/database-config.js';
import type { DatabaseEngine } from '../engine.js';
import { baseName, markOf, tagsOf } from '../names.js';
import type { ProvisionedDatabase } from '../provisioned-database.js';
import { assertEncrypted, assertKeeps } from '../resources/eviction.js';
import { type Managed, standingOfState } from '../resources/managed.js';
import { ensureSecurityGroups, ensureSubnetGroup, securityGroup, subnetGroup, vpcOf } from '../resources/network.js';
import { type Part, part } from '../resources/part.js';
import { assertPasswordKnown } from '../resources/password-known.js';
import { applicationSecret, ensureApplicationPassword } from '../resources/secret.js';
import { awaitReady, ensure, type Workshop } from '../resources/workshop.js';
import { ensureParameterGroup, parameterGroup } from './parameter-group.js';

function replicationGroup({ elasticache }: DatabasePorts, config: ElasticacheConfig): Managed<ReplicationGroup> {
  const name = config.adopt ?? baseName(config);
  const { engine, version, nodeType, replicas } = config;
  return {
    key: 'replication-group',
    kind: 'replication-group',
    name,
    label: `ElastiCache replication group '${name}'`,
    detail: `${engine} ${version} on ${replicas + 1} of ${nodeType}, encrypted`,
    find: async (call) => elasticache.replicationGroups.find(name, call),
    mark: markOf(config),
    markIn: ({ description }) => description,
    adopt: config.adopt !== undefined,
    idOf: ({ arn }) => arn,
    standingOf: ({ state }) => standingOfState(state),
    reason: async (call) => elasticache.lastEvent(name, call),
    remove: async (_, call) => elasticache.replicationGroups.remove(name, call),
  };
}

/** Valkey or Redis on nodes of ElastiCache. What it acknowledged may be lost by a fail-over (durability.ts). */
export function elasticacheDatabase(ports: DatabasePorts, config: ElasticacheConfig): DatabaseEngine {
  const managed = replicationGroup(ports, config);
  const secret = applicationSecret(ports, config);
  const isAdopted = config.adopt !== undefined;
  const isGroupGiven = config.network.securityGroups.length > 0;
  const isParametersGiven = config.parameterGroup !== undefined;
  const [group, parameters, main] = [part(securityGroup(ports, config)), part(parameterGroup(ports, config)), part(managed)];
  const all: readonly Part[] = [group, part(subnetGroup(ports.elasticache.subnetGroups, config)), parameters, part(secret), main];
  return {
    main: managed,
    resources: isAdopted ? [main] : all.filter((each) => !(each === group && isGroupGiven) && !(each === parameters && isParametersGiven)),
    removable: () => (isAdopted ? [main] : all),
    check: async (call) => config.adopt ?? vpcOf(ports.network, config.network.subnets, call),
    provision: async (workshop) => (config.adopt === undefined ? make(workshop, ports, config) : adopt(workshop, ports, config)),
    describe: async (call) => {
      const found = await managed.find(call);
      const arn = config.passwordSecret ?? (await secret.find(call))?.arn;
      if (found === undefined || arn === undefined) return undefined;
      return databaseOf(config, found, { from: 'secret', secret: arn, region: config.region });
    },
    equip: async () => {},
    // Its user and password come with it: there is no time in which it is there and nobody can use it.
    isUnused: async () => false,
    leaves: [],
  };
}

async function make(workshop: Workshop, ports: DatabasePorts, config: ElasticacheConfig): Promise<ProvisionedDatabase> {
  const managed = replicationGroup(ports, config);
  const vpc = await vpcOf(ports.network, config.network.subnets, callOf(workshop));
  const securityGroups = await ensureSecurityGroups(workshop, ports, config, vpc);
  const group = await ensureSubnetGroup(workshop, ports.elasticache.subnetGroups, config);
  const parameters = await ensureParameterGroup(workshop, ports, config);
  await assertPasswordKnown(workshop, ports, config, managed, 'aws elasticache modify-replication-group --auth-token');
  const { password, source } = await ensureApplicationPassword(workshop, ports, config);
  const { engine, version, nodeType, replicas, kmsKey } = config;
  const shape = { engine, version, nodeType, replicas, kmsKey };
  await ensure(workshop, managed, async (call) => {
    const spec = {
      name: managed.name,
      description: markOf(config),
      tags: tagsOf(config),
      ...shape,
      parameterGroup: parameters,
      subnetGroup: group,
      securityGroups,
      password,
    };
    return ports.elasticache.replicationGroups.create(spec, call);
  });
  return complete(await awaitReady(workshop, managed, config.timeoutMs, isComplete), config, source);
}

async function adopt(workshop: Workshop, ports: DatabasePorts, config: ElasticacheConfig): Promise<ProvisionedDatabase> {
  const managed = replicationGroup(ports, config);
  await ensure(workshop, managed, async () => 'exists');
  const found = await awaitReady(workshop, managed, config.timeoutMs, isComplete);
  assertEncrypted(managed.label, found.encryptsTransit);
  const group = await ports.elasticache.parameterGroupOf(managed.name, callOf(workshop));
  const policy = group === undefined ? undefined : await ports.elasticache.parameterGroups.read(group, 'maxmemory-policy', callOf(workshop));
  assertKeeps(managed.label, group ?? 'unknown', policy);
  return complete(found, config, { from: 'secret', secret: config.passwordSecret ?? '', region: config.region });
}

function callOf({ signal }: Workshop): CallOptions {
  return signal === undefined ? {} : { signal };
}

function isComplete({ host, port }: ReplicationGroup): boolean {
  return host !== undefined && port !== undefined;
}

function complete(found: ReplicationGroup, config: ElasticacheConfig, source: ProvisionedDatabase['passwordSource']): ProvisionedDatabase {
  const database = databaseOf(config, found, source);
  if (database === undefined) throw new Error('a group without an address was taken for complete');
  return database;
}

function databaseOf(
  { user }: ElasticacheConfig,
  found: ReplicationGroup,
  source: ProvisionedDatabase['passwordSource'],
): ProvisionedDatabase | undefined {
  const { host, port, cluster } = found;
  if (host === undefined || port === undefined) return undefined;
  return { service: 'elasticache', engine: 'redis', host, port, database: '0', user, passwordSource: source, tls: { caFile: undefined }, cluster };
}
