import { eventsHandler } from './events.js';
import type { Handlers } from './handler.js';
import { dbParameterGroups, dbSubnetGroups } from './rds-groups.js';
import { createDbInstance, deleteDbInstance, describeDbInstances, modifyDbInstance } from './rds-instances.js';
import { tagHandlers } from './tags.js';

const tags = tagHandlers({ arn: 'ResourceName', list: 'TagList', badArn: 'InvalidParameterValue' });

/** The calls of RDS that are known here. */
export const rdsHandlers: Handlers = {
  CreateDBInstance: createDbInstance,
  DescribeDBInstances: describeDbInstances,
  ModifyDBInstance: modifyDbInstance,
  DeleteDBInstance: deleteDbInstance,
  CreateDBSubnetGroup: dbSubnetGroups.create,
  DescribeDBSubnetGroups: dbSubnetGroups.describe,
  DeleteDBSubnetGroup: dbSubnetGroups.remove,
  CreateDBParameterGroup: dbParameterGroups.create,
  ModifyDBParameterGroup: dbParameterGroups.change,
  DescribeDBParameterGroups: dbParameterGroups.describe,
  DescribeDBParameters: dbParameterGroups.values,
  DeleteDBParameterGroup: dbParameterGroups.remove,
  ListTagsForResource: tags.list,
  AddTagsToResource: tags.add,
  RemoveTagsFromResource: tags.remove,
  DescribeEvents: eventsHandler('rds', { 'rds:DBInstance': 'db-instance' }),
};
