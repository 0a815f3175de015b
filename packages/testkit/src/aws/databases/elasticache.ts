import { cacheParameterGroups, cacheSubnetGroups } from './elasticache-groups.js';
import { describeCacheClusters } from './elasticache-nodes.js';
import { createReplicationGroup, deleteReplicationGroup, describeReplicationGroups } from './elasticache-replication-groups.js';
import { cacheUserHandlers } from './elasticache-users.js';
import { eventsHandler } from './events.js';
import type { Handlers } from './handler.js';
import { tagHandlers } from './tags.js';

const tags = tagHandlers({ arn: 'ResourceName', list: 'TagList', badArn: 'InvalidARN' });

/** The calls of ElastiCache that are known here. */
export const elasticacheHandlers: Handlers = {
  ...cacheUserHandlers,
  CreateReplicationGroup: createReplicationGroup,
  DescribeReplicationGroups: describeReplicationGroups,
  DescribeCacheClusters: describeCacheClusters,
  DeleteReplicationGroup: deleteReplicationGroup,
  CreateCacheSubnetGroup: cacheSubnetGroups.create,
  DescribeCacheSubnetGroups: cacheSubnetGroups.describe,
  DeleteCacheSubnetGroup: cacheSubnetGroups.remove,
  CreateCacheParameterGroup: cacheParameterGroups.create,
  ModifyCacheParameterGroup: cacheParameterGroups.change,
  DescribeCacheParameterGroups: cacheParameterGroups.describe,
  DescribeCacheParameters: cacheParameterGroups.values,
  DeleteCacheParameterGroup: cacheParameterGroups.remove,
  ListTagsForResource: tags.list,
  AddTagsToResource: tags.add,
  RemoveTagsFromResource: tags.remove,
  DescribeEvents: eventsHandler('elasticache', { 'elasticache:ReplicationGroup': 'replication-group', 'elasticache:User': 'user' }),
};
