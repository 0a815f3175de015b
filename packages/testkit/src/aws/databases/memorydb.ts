import { eventsHandler } from './events.js';
import type { Handlers } from './handler.js';
import { accessHandlers } from './memorydb-access.js';
import { clusterHandlers } from './memorydb-clusters.js';
import { memoryParameterGroups, memorySubnetGroups } from './memorydb-groups.js';
import { tagHandlers } from './tags.js';

const tags = tagHandlers({ arn: 'ResourceArn', list: 'TagList', badArn: 'InvalidARNFault' });

/** The calls of MemoryDB that are known here. */
export const memorydbHandlers: Handlers = {
  ...accessHandlers,
  ...clusterHandlers,
  CreateSubnetGroup: memorySubnetGroups.create,
  DescribeSubnetGroups: memorySubnetGroups.describe,
  DeleteSubnetGroup: memorySubnetGroups.remove,
  CreateParameterGroup: memoryParameterGroups.create,
  UpdateParameterGroup: memoryParameterGroups.change,
  DescribeParameterGroups: memoryParameterGroups.describe,
  DescribeParameters: memoryParameterGroups.values,
  DeleteParameterGroup: memoryParameterGroups.remove,
  ListTags: tags.list,
  TagResource: tags.add,
  UntagResource: tags.remove,
  DescribeEvents: eventsHandler('memorydb', { 'memorydb:Cluster': 'cluster', 'memorydb:ACL': 'acl' }),
};
