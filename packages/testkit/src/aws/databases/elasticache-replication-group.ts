import type { Parameters } from '../aws-call.js';
import type { Phase } from '../lifecycle.js';
import type { Structure } from '../write-xml.js';
import type { Endpoint } from './endpoint.js';
import { flag, numberOf, text } from './parameters.js';
import { type Resource, stateOf } from './resource-store.js';

/** What ElastiCache keeps of a replication group. */
export interface KeptReplicationGroup {
  readonly parameters: Parameters;
  readonly engine: string;
  readonly subnetGroup: string | undefined;
  readonly parameterGroup: string | undefined;
  readonly userGroups: readonly string[];
  readonly securityGroups: readonly string[];
  readonly endpoint: Endpoint;
}

/** A replication group as a description shows it: its nodes have no endpoint as long as it is being made. */
export function writeReplicationGroup(resource: Resource<KeptReplicationGroup>, phase: Phase): Structure {
  const { kept, name, region } = resource;
  const { parameters } = kept;
  const members = membersOf(resource);
  const isClustered = isClusterMode(parameters);
  const address = { Address: kept.endpoint.host, Port: kept.endpoint.port };
  const isReached = phase === 'ready';
  const group = {
    NodeGroupId: '0001',
    Status: stateOf(resource, phase),
    PrimaryEndpoint: isClustered ? undefined : address,
    ReaderEndpoint: isClustered ? undefined : address,
    Slots: isClustered ? '0-16383' : undefined,
    NodeGroupMembers: members.map((CacheClusterId, index) => ({
      CacheClusterId,
      CacheNodeId: '0001',
      PreferredAvailabilityZone: `${region}${'abc'[index % 3]}`,
      CurrentRole: isClustered ? undefined : index === 0 ? 'primary' : 'replica',
    })),
  };
  return {
    ReplicationGroupId: name,
    Description: text(parameters, 'ReplicationGroupDescription'),
    Status: stateOf(resource, phase),
    PendingModifiedValues: {},
    MemberClusters: members,
    NodeGroups: isReached ? [group] : undefined,
    AutomaticFailover: flag(parameters, 'AutomaticFailoverEnabled', false) ? 'enabled' : 'disabled',
    MultiAZ: flag(parameters, 'MultiAZEnabled', false) ? 'enabled' : 'disabled',
    ConfigurationEndpoint: isClustered && isReached ? address : undefined,
    SnapshotRetentionLimit: numberOf(parameters, 'SnapshotRetentionLimit', 0),
    SnapshotWindow: '05:00-06:00',
    ClusterEnabled: isClustered,
    CacheNodeType: text(parameters, 'CacheNodeType'),
    AuthTokenEnabled: text(parameters, 'AuthToken') !== undefined,
    TransitEncryptionEnabled: flag(parameters, 'TransitEncryptionEnabled', false),
    AtRestEncryptionEnabled: flag(parameters, 'AtRestEncryptionEnabled', false),
    KmsKeyId: text(parameters, 'KmsKeyId'),
    ARN: resource.arn,
    UserGroupIds: kept.userGroups,
    LogDeliveryConfigurations: [],
    ReplicationGroupCreateTime: resource.made,
    DataTiering: 'disabled',
    AutoMinorVersionUpgrade: flag(parameters, 'AutoMinorVersionUpgrade', true),
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
    TransitEncryptionMode: flag(parameters, 'TransitEncryptionEnabled', false)
      ? (text(parameters, 'TransitEncryptionMode') ?? 'required')
      : undefined,
    ClusterMode: isClustered ? 'enabled' : 'disabled',
    Engine: kept.engine,
  };
}

/** The names of its nodes, each of which is a cache cluster of its own to ElastiCache. */
export function membersOf({ name, kept: { parameters } }: Resource<KeptReplicationGroup>): readonly string[] {
  const nodes = Math.max(1, numberOf(parameters, 'NumCacheClusters', 1 + numberOf(parameters, 'ReplicasPerNodeGroup', 0)));
  return Array.from({ length: nodes }, (_, index) => `${name}-${String(index + 1).padStart(3, '0')}`);
}

/** Cluster mode is on for several shards, where it is asked for, and by a parameter group of AWS whose name says so. */
function isClusterMode(parameters: Parameters): boolean {
  const byGroup = (text(parameters, 'CacheParameterGroupName') ?? '').endsWith('.cluster.on');
  return byGroup || numberOf(parameters, 'NumNodeGroups', 1) > 1 || text(parameters, 'ClusterMode') === 'enabled';
}
