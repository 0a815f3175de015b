import type { Cluster, CreateClusterCommandInput } from '@aws-sdk/client-memorydb';
import type { MemorydbCluster, MemorydbClusterSpec, MemorydbPort } from '../client.js';
import { asked, created, found, once, removed, sendOptions, tagList } from './call.js';
import { type AwsClientOptions, clientOptions } from './client-options.js';
import { lastMessage } from './last-message.js';
import type { MemorydbLoader } from './memorydb-loader.js';
import { memorydbAcls, memorydbUsers } from './memorydb-access.js';

const loaderOf = (options: AwsClientOptions): MemorydbLoader =>
  once(async () => {
    const sdk = await import('@aws-sdk/client-memorydb');
    return { sdk, client: new sdk.MemoryDBClient(clientOptions(options)) };
  });

export function memorydbPort(options: AwsClientOptions): MemorydbPort {
  const load = loaderOf(options);
  return {
    users: memorydbUsers(load),
    acls: memorydbAcls(load),
    clusters: {
      find: async (name, call) =>
        found({ call: 'memorydb:DescribeClusters', resource: name }, async () => {
          const { sdk, client } = await load();
          const { Clusters = [] } = await client.send(new sdk.DescribeClustersCommand({ ClusterName: name }), sendOptions(call));
          return Clusters[0] && toCluster(Clusters[0]);
        }),
      create: async (spec, call) =>
        created({ call: 'memorydb:CreateCluster', resource: spec.name }, async () => {
          const { sdk, client } = await load();
          const { Cluster: made } = await client.send(new sdk.CreateClusterCommand(inputOf(spec)), sendOptions(call));
          return toCluster({ Status: 'creating', Description: spec.description, ...made });
        }),
      remove: async (name, call) =>
        removed({ call: 'memorydb:DeleteCluster', resource: name }, async () => {
          const { sdk, client } = await load();
          return client.send(new sdk.DeleteClusterCommand({ ClusterName: name }), sendOptions(call));
        }),
    },
    subnetGroups: {
      find: async (name, call) =>
        found({ call: 'memorydb:DescribeSubnetGroups', resource: name }, async () => {
          const { sdk, client } = await load();
          const { SubnetGroups = [] } = await client.send(new sdk.DescribeSubnetGroupsCommand({ SubnetGroupName: name }), sendOptions(call));
          return SubnetGroups[0] && { name, description: SubnetGroups[0].Description ?? '' };
        }),
      create: async ({ name, description, subnets, tags }, call) =>
        created({ call: 'memorydb:CreateSubnetGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          const input = { SubnetGroupName: name, Description: description, SubnetIds: [...subnets], Tags: tagList(tags) };
          await client.send(new sdk.CreateSubnetGroupCommand(input), sendOptions(call));
          return { name, description };
        }),
      remove: async (name, call) =>
        removed({ call: 'memorydb:DeleteSubnetGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          return client.send(new sdk.DeleteSubnetGroupCommand({ SubnetGroupName: name }), sendOptions(call));
        }),
    },
    readParameter: async (group, parameter, call) =>
      asked({ call: 'memorydb:DescribeParameters', resource: group }, async () => {
        const { sdk, client } = await load();
        let NextToken: string | undefined;
        do {
          const page = { ParameterGroupName: group, ...(NextToken === undefined ? {} : { NextToken }) };
          const answer = await client.send(new sdk.DescribeParametersCommand(page), sendOptions(call));
          const there = answer.Parameters?.find(({ Name }) => Name === parameter);
          if (there !== undefined) return there.Value;
          ({ NextToken } = answer);
        } while (NextToken !== undefined && NextToken !== '');
        return undefined;
      }),
    lastEvent: async (name, call) =>
      asked({ call: 'memorydb:DescribeEvents', resource: name }, async () => {
        const { sdk, client } = await load();
        const { Events = [] } = await client.send(
          new sdk.DescribeEventsCommand({ SourceName: name, SourceType: 'cluster', Duration: 1440 }),
          sendOptions(call),
        );
        return lastMessage(Events);
      }),
  };
}

function inputOf(spec: MemorydbClusterSpec): CreateClusterCommandInput {
  return {
    ClusterName: spec.name,
    Description: spec.description,
    Engine: spec.engine,
    EngineVersion: spec.version,
    NodeType: spec.nodeType,
    NumShards: 1,
    NumReplicasPerShard: spec.replicas,
    ACLName: spec.acl,
    SubnetGroupName: spec.subnetGroup,
    SecurityGroupIds: [...spec.securityGroups],
    Port: spec.port,
    TLSEnabled: true,
    Tags: tagList(spec.tags),
    ...(spec.parameterGroup === undefined ? {} : { ParameterGroupName: spec.parameterGroup }),
    ...(spec.kmsKey === undefined ? {} : { KmsKeyId: spec.kmsKey }),
  };
}

function toCluster({
  ARN = '',
  Description = '',
  Status = 'unknown',
  ClusterEndpoint,
  ACLName,
  TLSEnabled,
  ParameterGroupName,
}: Cluster): MemorydbCluster {
  return {
    arn: ARN,
    description: Description,
    state: Status,
    host: ClusterEndpoint?.Address,
    port: ClusterEndpoint?.Port,
    acl: ACLName,
    encryptsTransit: TLSEnabled ?? false,
    parameterGroup: ParameterGroupName,
  };
}
