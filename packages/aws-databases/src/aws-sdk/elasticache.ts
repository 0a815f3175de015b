import type { CreateReplicationGroupCommandInput, ReplicationGroup as Given } from '@aws-sdk/client-elasticache';
import type { ElasticachePort, ReplicationGroup, ReplicationGroupSpec } from '../client.js';
import { asked, created, found, once, removed, sendOptions, tagList } from './call.js';
import { type AwsClientOptions, clientOptions } from './client-options.js';
import { lastMessage } from './last-message.js';
import type { ElasticacheLoader } from './elasticache-loader.js';
import { cacheParameterGroups } from './elasticache-parameters.js';

const loaderOf = (options: AwsClientOptions): ElasticacheLoader =>
  once(async () => {
    const sdk = await import('@aws-sdk/client-elasticache');
    return { sdk, client: new sdk.ElastiCacheClient(clientOptions(options)) };
  });

export function elasticachePort(options: AwsClientOptions): ElasticachePort {
  const load = loaderOf(options);
  return {
    parameterGroups: cacheParameterGroups(load),
    replicationGroups: {
      find: async (name, call) =>
        found({ call: 'elasticache:DescribeReplicationGroups', resource: name }, async () => {
          const { sdk, client } = await load();
          const { ReplicationGroups = [] } = await client.send(
            new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId: name }),
            sendOptions(call),
          );
          return ReplicationGroups[0] && toGroup(ReplicationGroups[0]);
        }),
      create: async (spec, call) =>
        created({ call: 'elasticache:CreateReplicationGroup', resource: spec.name }, async () => {
          const { sdk, client } = await load();
          const { ReplicationGroup: made } = await client.send(new sdk.CreateReplicationGroupCommand(inputOf(spec)), sendOptions(call));
          return toGroup({ Status: 'creating', Description: spec.description, ...made });
        }),
      remove: async (name, call) =>
        removed({ call: 'elasticache:DeleteReplicationGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          return client.send(new sdk.DeleteReplicationGroupCommand({ ReplicationGroupId: name, RetainPrimaryCluster: false }), sendOptions(call));
        }),
    },
    parameterGroupOf: async (name, call) =>
      asked({ call: 'elasticache:DescribeCacheClusters', resource: name }, async () => {
        const { sdk, client } = await load();
        const { ReplicationGroups = [] } = await client.send(
          new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId: name }),
          sendOptions(call),
        );
        const [member] = ReplicationGroups[0]?.MemberClusters ?? [];
        if (member === undefined) return undefined;
        const { CacheClusters = [] } = await client.send(new sdk.DescribeCacheClustersCommand({ CacheClusterId: member }), sendOptions(call));
        return CacheClusters[0]?.CacheParameterGroup?.CacheParameterGroupName;
      }),
    subnetGroups: {
      find: async (name, call) =>
        found({ call: 'elasticache:DescribeCacheSubnetGroups', resource: name }, async () => {
          const { sdk, client } = await load();
          const { CacheSubnetGroups = [] } = await client.send(
            new sdk.DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: name }),
            sendOptions(call),
          );
          return CacheSubnetGroups[0] && { name, description: CacheSubnetGroups[0].CacheSubnetGroupDescription ?? '' };
        }),
      create: async ({ name, description, subnets, tags }, call) =>
        created({ call: 'elasticache:CreateCacheSubnetGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          const input = { CacheSubnetGroupName: name, CacheSubnetGroupDescription: description, SubnetIds: [...subnets], Tags: tagList(tags) };
          await client.send(new sdk.CreateCacheSubnetGroupCommand(input), sendOptions(call));
          return { name, description };
        }),
      remove: async (name, call) =>
        removed({ call: 'elasticache:DeleteCacheSubnetGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          return client.send(new sdk.DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: name }), sendOptions(call));
        }),
    },
    lastEvent: async (name, call) =>
      asked({ call: 'elasticache:DescribeEvents', resource: name }, async () => {
        const { sdk, client } = await load();
        const input = { SourceIdentifier: name, SourceType: 'replication-group', Duration: 1440 } as const;
        const { Events = [] } = await client.send(new sdk.DescribeEventsCommand(input), sendOptions(call));
        return lastMessage(Events);
      }),
  };
}

function inputOf(spec: ReplicationGroupSpec): CreateReplicationGroupCommandInput {
  const hasReplicas = spec.replicas > 0;
  return {
    ReplicationGroupId: spec.name,
    ReplicationGroupDescription: spec.description,
    Engine: spec.engine,
    EngineVersion: spec.version,
    CacheNodeType: spec.nodeType,
    NumCacheClusters: spec.replicas + 1,
    AutomaticFailoverEnabled: hasReplicas,
    MultiAZEnabled: hasReplicas,
    CacheParameterGroupName: spec.parameterGroup,
    CacheSubnetGroupName: spec.subnetGroup,
    SecurityGroupIds: [...spec.securityGroups],
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: true,
    AuthToken: spec.password,
    Tags: tagList(spec.tags),
    ...(spec.kmsKey === undefined ? {} : { KmsKeyId: spec.kmsKey }),
  };
}

function toGroup({
  ARN = '',
  Description = '',
  Status = 'unknown',
  ClusterEnabled,
  ConfigurationEndpoint,
  NodeGroups,
  TransitEncryptionEnabled,
}: Given): ReplicationGroup {
  const endpoint = ConfigurationEndpoint ?? NodeGroups?.[0]?.PrimaryEndpoint;
  return {
    arn: ARN,
    description: Description,
    state: Status,
    cluster: ClusterEnabled ?? false,
    host: endpoint?.Address,
    port: endpoint?.Port,
    encryptsTransit: TransitEncryptionEnabled ?? false,
  };
}
