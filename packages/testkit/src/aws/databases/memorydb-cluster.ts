import type { Parameters } from '../aws-call.js';
import type { Phase } from '../lifecycle.js';
import type { Structure } from '../write-xml.js';
import type { Endpoint } from './endpoint.js';
import { flag, numberOf, text } from './parameters.js';
import { type Resource, stateOf } from './resource-store.js';

/** What MemoryDB keeps of a cluster. */
export interface KeptCluster {
  readonly parameters: Parameters;
  readonly engine: string;
  readonly acl: string;
  readonly subnetGroup: string | undefined;
  readonly parameterGroup: string | undefined;
  readonly securityGroups: readonly string[];
  readonly endpoint: Endpoint;
}

/** A cluster as a description shows it: its endpoint has no address as long as it is being made, and its shards show on request alone. */
export function writeCluster(resource: Resource<KeptCluster>, phase: Phase, showShards: boolean): Structure {
  const { kept, name } = resource;
  const { parameters } = kept;
  const isReached = phase === 'ready';
  const address = { Address: isReached ? kept.endpoint.host : undefined, Port: kept.endpoint.port };
  const shards = numberOf(parameters, 'NumShards', 1);
  const replicas = numberOf(parameters, 'NumReplicasPerShard', 1);
  return {
    Name: name,
    Description: text(parameters, 'Description'),
    Status: stateOf(resource, phase),
    NumberOfShards: shards,
    Shards: showShards && isReached ? Array.from({ length: shards }, (_, index) => writeShard(resource, index, shards, replicas + 1)) : undefined,
    AvailabilityMode: replicas === 0 ? 'singleaz' : 'multiaz',
    ClusterEndpoint: address,
    NodeType: text(parameters, 'NodeType'),
    Engine: kept.engine,
    EngineVersion: text(parameters, 'EngineVersion') ?? (kept.engine === 'valkey' ? '7.3' : '7.1'),
    EnginePatchVersion: text(parameters, 'EngineVersion') ?? (kept.engine === 'valkey' ? '7.3.0' : '7.1.1'),
    ParameterGroupName: kept.parameterGroup ?? `default.memorydb-${kept.engine}7`,
    ParameterGroupStatus: 'in-sync',
    SecurityGroups: kept.securityGroups.map((SecurityGroupId) => ({ SecurityGroupId, Status: 'active' })),
    SubnetGroupName: kept.subnetGroup ?? 'default',
    TLSEnabled: flag(parameters, 'TLSEnabled', true),
    KmsKeyId: text(parameters, 'KmsKeyId'),
    ARN: resource.arn,
    SnapshotRetentionLimit: numberOf(parameters, 'SnapshotRetentionLimit', 0),
    MaintenanceWindow: 'wed:08:00-wed:09:00',
    SnapshotWindow: '03:00-04:00',
    ACLName: kept.acl,
    AutoMinorVersionUpgrade: flag(parameters, 'AutoMinorVersionUpgrade', true),
    DataTiering: 'false',
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
  };
}

function writeShard({ name, region, kept, made }: Resource<KeptCluster>, index: number, shards: number, nodes: number): Structure {
  const shard = String(index + 1).padStart(4, '0');
  const [first, next] = [Math.floor((16_384 * index) / shards), Math.floor((16_384 * (index + 1)) / shards)];
  return {
    Name: shard,
    Status: 'available',
    Slots: `${first}-${next - 1}`,
    NumberOfNodes: nodes,
    Nodes: Array.from({ length: nodes }, (_, node) => ({
      Name: `${name}-${shard}-${String(node + 1).padStart(3, '0')}`,
      Status: 'available',
      AvailabilityZone: `${region}${'abc'[node % 3]}`,
      CreateTime: made,
      Endpoint: { Address: kept.endpoint.host, Port: kept.endpoint.port },
    })),
  };
}
