import { kinds } from './kinds.js';
import { parameterGroupHandlers } from './parameter-groups.js';
import type { KeptInstance } from './rds-instance.js';
import { writeDbSubnetGroup } from './rds-subnet-group.js';
import { subnetGroupHandlers } from './subnet-groups.js';

export const dbSubnetGroups: ReturnType<typeof subnetGroupHandlers> = subnetGroupHandlers({
  kind: kinds.dbSubnetGroup,
  name: 'DBSubnetGroupName',
  description: 'DBSubnetGroupDescription',
  one: 'DBSubnetGroup',
  many: 'DBSubnetGroups',
  inUse: 'InvalidDBSubnetGroupStateFault',
  zones: 2,
  write: writeDbSubnetGroup,
  isUsed: (name, { region }, { store }) => store.all<KeptInstance>(kinds.dbInstance, region).some(({ kept }) => kept.subnetGroup?.name === name),
  answersDeletion: false,
});

export const dbParameterGroups: ReturnType<typeof parameterGroupHandlers> = parameterGroupHandlers({
  kind: kinds.dbParameterGroup,
  name: 'DBParameterGroupName',
  family: 'DBParameterGroupFamily',
  one: 'DBParameterGroup',
  many: 'DBParameterGroups',
  changes: 'Parameters',
  inUse: 'InvalidDBParameterGroupState',
  defaults: { require_secure_transport: 'OFF' },
  write: (group) => ({
    DBParameterGroupName: group.name,
    DBParameterGroupFamily: group.kept.family,
    Description: group.kept.description,
    DBParameterGroupArn: group.arn,
  }),
  writeValue: (ParameterName, ParameterValue) => ({ ParameterName, ParameterValue, Source: 'user', IsModifiable: true, ApplyMethod: 'immediate' }),
  answer: ({ name }) => ({ DBParameterGroupName: name }),
  answerDeletion: () => ({}),
  isUsed: (name, { region }, { store }) => store.all<KeptInstance>(kinds.dbInstance, region).some(({ kept }) => kept.parameterGroup === name),
});
