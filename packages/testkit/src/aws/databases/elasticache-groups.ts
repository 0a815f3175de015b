import type { Structure } from '../write-xml.js';
import type { KeptReplicationGroup } from './elasticache-replication-group.js';
import { kinds } from './kinds.js';
import { type KeptParameterGroup, parameterGroupHandlers } from './parameter-groups.js';
import type { Resource } from './resource-store.js';
import { subnetGroupHandlers } from './subnet-groups.js';

export const cacheSubnetGroups: ReturnType<typeof subnetGroupHandlers> = subnetGroupHandlers({
  kind: kinds.cacheSubnetGroup,
  name: 'CacheSubnetGroupName',
  description: 'CacheSubnetGroupDescription',
  one: 'CacheSubnetGroup',
  many: 'CacheSubnetGroups',
  inUse: 'CacheSubnetGroupInUse',
  zones: 1,
  write: (group) => ({
    CacheSubnetGroupName: group.name,
    CacheSubnetGroupDescription: group.kept.description,
    VpcId: group.kept.subnets[0]?.vpc,
    Subnets: group.kept.subnets.map(({ id, zone }) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: zone },
      SupportedNetworkTypes: ['ipv4'],
    })),
    ARN: group.arn,
    SupportedNetworkTypes: ['ipv4'],
  }),
  isUsed: (name, { region }, { store }) =>
    store.all<KeptReplicationGroup>(kinds.replicationGroup, region).some(({ kept }) => kept.subnetGroup === name),
  answersDeletion: false,
});

export const cacheParameterGroups: ReturnType<typeof parameterGroupHandlers> = parameterGroupHandlers({
  kind: kinds.cacheParameterGroup,
  name: 'CacheParameterGroupName',
  family: 'CacheParameterGroupFamily',
  one: 'CacheParameterGroup',
  many: 'CacheParameterGroups',
  changes: 'ParameterNameValues',
  inUse: 'InvalidCacheParameterGroupState',
  defaults: { 'maxmemory-policy': 'volatile-lru' },
  write: writeCacheParameterGroup,
  writeValue: (ParameterName, ParameterValue) => ({ ParameterName, ParameterValue, Source: 'user', IsModifiable: true, ChangeType: 'immediate' }),
  answer: ({ name }) => ({ CacheParameterGroupName: name }),
  answerDeletion: () => ({}),
  isUsed: (name, { region }, { store }) =>
    store.all<KeptReplicationGroup>(kinds.replicationGroup, region).some(({ kept }) => kept.parameterGroup === name),
});

function writeCacheParameterGroup(group: Resource<KeptParameterGroup>): Structure {
  return {
    CacheParameterGroupName: group.name,
    CacheParameterGroupFamily: group.kept.family,
    Description: group.kept.description,
    IsGlobal: false,
    ARN: group.arn,
  };
}
