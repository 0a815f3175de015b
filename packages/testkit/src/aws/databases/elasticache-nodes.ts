import { AwsFault } from '../aws-fault.js';
import { type KeptReplicationGroup, membersOf } from './elasticache-replication-group.js';
import type { Handler } from './handler.js';
import { kinds } from './kinds.js';
import { text } from './parameters.js';
import { stateOf } from './resource-store.js';

/** The nodes of replication groups, each as a cache cluster: what alone tells the group of parameters. */
export const describeCacheClusters: Handler = (call, { store }) => {
  const wanted = text(call.parameters, 'CacheClusterId')?.toLowerCase();
  const nodes = store.look<KeptReplicationGroup>(kinds.replicationGroup, call.region, undefined).flatMap(({ resource, phase }) =>
    membersOf(resource).map((CacheClusterId) => ({
      CacheClusterId,
      CacheNodeType: text(resource.kept.parameters, 'CacheNodeType'),
      Engine: resource.kept.engine,
      CacheClusterStatus: stateOf(resource, phase),
      NumCacheNodes: 1,
      CacheParameterGroup: {
        CacheParameterGroupName: resource.kept.parameterGroup ?? `default.${resource.kept.engine}7`,
        ParameterApplyStatus: 'in-sync',
      },
      CacheSubnetGroupName: resource.kept.subnetGroup,
      SecurityGroups: resource.kept.securityGroups.map((SecurityGroupId) => ({ SecurityGroupId, Status: 'active' })),
      ReplicationGroupId: resource.name,
    })),
  );
  const shown = nodes.filter(({ CacheClusterId }) => wanted === undefined || wanted === CacheClusterId);
  if (wanted !== undefined && shown.length === 0) throw new AwsFault('CacheClusterNotFound', `CacheCluster ${wanted} not found.`, 404);
  return { CacheClusters: shown };
};
