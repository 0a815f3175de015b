import { type CallOptions, HoldfastError } from '@holdfast/core';
import type { DatabasePorts, NamedResources, NetworkPort, SecurityGroup, SubnetGroup, SubnetGroupSpec } from '../client.js';
import type { DatabaseConfig } from '../config/database-config.js';
import { baseName, markOf, ports as portNumbers, tagsOf } from '../names.js';
import { always, type Managed } from './managed.js';
import { patiently } from './patience.js';
import { ensure, type Workshop } from './workshop.js';

/** The VPC of the subnets. Rejects with HF_CLOUD_REFUSED where they are not of one VPC, or of one zone. */
export async function vpcOf(network: NetworkPort, subnets: readonly string[], call: CallOptions): Promise<string> {
  const found = await network.subnets(subnets, call);
  const vpcs = [...new Set(found.map(({ vpc }) => vpc))];
  const zones = new Set(found.map(({ zone }) => zone));
  const [vpc] = vpcs;
  if (vpc === undefined || vpcs.length > 1) throw unfit(`the subnets lie in ${vpcs.length} VPCs`, 'Give subnets of one VPC');
  if (zones.size < 2) throw unfit('the subnets lie in one zone', 'Give subnets in two or more zones: the services want it so');
  return vpc;
}

function unfit(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_CLOUD_REFUSED', { kind: 'invalid-argument', message, hint, operation: 'provision.network' });
}

/** The security group that is made, where none is given. Without a VPC: wherever it is, also where the subnets are others by now, or gone. */
export function securityGroup({ network }: DatabasePorts, config: DatabaseConfig, vpc?: string): Managed<SecurityGroup> {
  const name = baseName(config);
  const clients = [...config.network.clientSecurityGroups, ...config.network.clientCidrs];
  return {
    key: 'security-group',
    kind: 'security-group',
    name,
    label: `security group '${name}'`,
    detail: `port ${portNumbers[config.service]} from ${clients.join(', ')}`,
    find: async (call) => network.findSecurityGroup({ vpc, name, description: markOf(config) }, call),
    mark: markOf(config),
    markIn: ({ description }) => description,
    adopt: false,
    idOf: ({ id }) => id,
    standingOf: always,
    remove: async ({ id }, call) => network.removeSecurityGroup(id, call),
  };
}

/** Makes the group with its rules; gives the ids of the groups that the database is to have. */
export async function ensureSecurityGroups(
  workshop: Workshop,
  ports: DatabasePorts,
  config: DatabaseConfig,
  vpc: string,
): Promise<readonly string[]> {
  if (config.network.securityGroups.length > 0) return config.network.securityGroups;
  const group = securityGroup(ports, config, vpc);
  const spec = { vpc, name: group.name, description: markOf(config), tags: tagsOf(config) };
  const { found } = await ensure(workshop, group, async (call) => ports.network.createSecurityGroup(spec, call));
  const port = portNumbers[config.service];
  const call = workshop.signal === undefined ? {} : { signal: workshop.signal };
  for (const from of [...config.network.clientSecurityGroups, ...config.network.clientCidrs]) {
    if (found.allows.some((rule) => rule.port === port && rule.from === from)) continue;
    await patiently(workshop, async () => ports.network.allow(found.id, { port, from }, call));
  }
  return [found.id];
}

/** The subnet group of whichever service. */
export function subnetGroup(groups: NamedResources<SubnetGroupSpec, SubnetGroup>, config: DatabaseConfig): Managed<SubnetGroup> {
  const name = baseName(config);
  return {
    key: 'subnet-group',
    kind: 'subnet-group',
    name,
    label: `subnet group '${name}'`,
    detail: config.network.subnets.join(', '),
    find: async (call) => groups.find(name, call),
    mark: markOf(config),
    markIn: ({ description }) => description,
    adopt: false,
    idOf: (found) => found.name,
    standingOf: always,
    remove: async (_, call) => groups.remove(name, call),
  };
}

/** Makes it. */
export async function ensureSubnetGroup(
  workshop: Workshop,
  groups: NamedResources<SubnetGroupSpec, SubnetGroup>,
  config: DatabaseConfig,
): Promise<string> {
  const managed = subnetGroup(groups, config);
  const spec = { name: managed.name, description: markOf(config), subnets: config.network.subnets, tags: tagsOf(config) };
  await ensure(workshop, managed, async (call) => groups.create(spec, call));
  return managed.name;
}
