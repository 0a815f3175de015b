import type { Structure } from '../write-xml.js';
import { kinds } from './kinds.js';
import type { KeptCluster } from './memorydb-cluster.js';
import { type KeptParameterGroup, parameterGroupHandlers } from './parameter-groups.js';
import type { Resource } from './resource-store.js';
import { subnetGroupHandlers } from './subnet-groups.js';

export const memorySubnetGroups: ReturnType<typeof subnetGroupHandlers> = subnetGroupHandlers({
  kind: kinds.subnetGroup,
  name: 'SubnetGroupName',
  description: 'Description',
  one: 'SubnetGroup',
  many: 'SubnetGroups',
  inUse: 'SubnetGroupInUseFault',
  zones: 1,
  write: (group) => ({
    Name: group.name,
    Description: group.kept.description,
    VpcId: group.kept.subnets[0]?.vpc,
    Subnets: group.kept.subnets.map(({ id, zone }) => ({ Identifier: id, AvailabilityZone: { Name: zone }, SupportedNetworkTypes: ['ipv4'] })),
    ARN: group.arn,
    SupportedNetworkTypes: ['ipv4'],
  }),
  isUsed: (name, { region }, { store }) => store.all<KeptCluster>(kinds.cluster, region).some(({ kept }) => kept.subnetGroup === name),
  answersDeletion: true,
});

export const memoryParameterGroups: ReturnType<typeof parameterGroupHandlers> = parameterGroupHandlers({
  kind: kinds.parameterGroup,
  name: 'ParameterGroupName',
  family: 'Family',
  one: 'ParameterGroup',
  many: 'ParameterGroups',
  changes: 'ParameterNameValues',
  inUse: 'InvalidParameterGroupStateFault',
  defaults: { 'maxmemory-policy': 'noeviction' },
  write: writeParameterGroup,
  writeValue: (Name, Value) => ({ Name, Value }),
  answer: (group) => ({ ParameterGroup: writeParameterGroup(group) }),
  answerDeletion: (group) => ({ ParameterGroup: writeParameterGroup(group) }),
  isUsed: (name, { region }, { store }) => store.all<KeptCluster>(kinds.cluster, region).some(({ kept }) => kept.parameterGroup === name),
});

function writeParameterGroup(group: Resource<KeptParameterGroup>): Structure {
  return { Name: group.name, Family: group.kept.family, Description: group.kept.description, ARN: group.arn };
}
