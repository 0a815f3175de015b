import type { AwsCall } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';
import { type KeptReplicationGroup, writeReplicationGroup } from './elasticache-replication-group.js';
import { type KeptCacheUser, type KeptCacheUserGroup, userOf } from './elasticache-users.js';
import { type DatabaseUser, endpointOf } from './endpoint.js';
import type { Handler } from './handler.js';
import { kinds } from './kinds.js';
import { requireParameterGroup } from './parameter-groups.js';
import { contrary, flag, invalid, numberOf, required, requiredName, tagsOf, text, texts } from './parameters.js';
import type { ResourceStore } from './resource-store.js';

const kind = kinds.replicationGroup;

export const createReplicationGroup: Handler = async (call, { store, endpoints }) => {
  const { parameters, region } = call;
  const name = requiredName(call, 'ReplicationGroupId');
  if (name.length > 40) throw invalid(call, `The parameter ReplicationGroupId must be at most 40 characters long: ${name}`);
  required(call, 'ReplicationGroupDescription');
  const engine = (text(parameters, 'Engine') ?? 'redis').toLowerCase();
  const userGroups = texts(parameters, 'UserGroupIds');
  checkAccess(call, userGroups);
  if (flag(parameters, 'AutomaticFailoverEnabled', false) && numberOf(parameters, 'NumCacheClusters', 2) < 2) {
    throw contrary(call, 'Automatic failover is not supported for replication groups with less than two nodes.');
  }
  const subnetGroup = text(parameters, 'CacheSubnetGroupName')?.toLowerCase();
  const parameterGroup = text(parameters, 'CacheParameterGroupName')?.toLowerCase();
  store.refuseExisting(kind, region, name);
  if (subnetGroup !== undefined) store.get(kinds.cacheSubnetGroup, region, subnetGroup);
  requireParameterGroup(store, kinds.cacheParameterGroup, region, parameterGroup);
  const users = usersOf(call, store, userGroups);
  const tls = flag(parameters, 'TransitEncryptionEnabled', false);
  const endpoint = await endpointOf(endpoints, { service: 'elasticache', identifier: name, engine, database: undefined, users, tls });
  const port = numberOf(parameters, 'Port', 6379);
  const group = store.add<KeptReplicationGroup>(kind, region, name, tagsOf(parameters), {
    parameters,
    engine,
    subnetGroup,
    parameterGroup,
    userGroups,
    securityGroups: texts(parameters, 'SecurityGroupIds'),
    endpoint: endpoint ?? { host: `master.${name}.fakeaw.use1.cache.amazonaws.com`, port },
  });
  return { ReplicationGroup: writeReplicationGroup(group, 'creating') };
};

export const describeReplicationGroups: Handler = (call, { store }) => {
  const shown = store.look<KeptReplicationGroup>(kind, call.region, text(call.parameters, 'ReplicationGroupId')?.toLowerCase());
  return { ReplicationGroups: shown.map(({ resource, phase }) => writeReplicationGroup(resource, phase)) };
};

export const deleteReplicationGroup: Handler = (call, { store }) => {
  const group = store.get<KeptReplicationGroup>(kind, call.region, requiredName(call, 'ReplicationGroupId'));
  const phase = group.lifecycle.phase();
  if (phase === 'creating' || phase === 'deleting') {
    throw new AwsFault('InvalidReplicationGroupState', `Replication group ${group.name} has status ${phase} which is not valid for deletion.`);
  }
  group.lifecycle.remove();
  return { ReplicationGroup: writeReplicationGroup(group, 'deleting') };
};

function checkAccess(call: AwsCall, userGroups: readonly string[]): void {
  const tls = flag(call.parameters, 'TransitEncryptionEnabled', false);
  const token = text(call.parameters, 'AuthToken');
  if (token !== undefined && userGroups.length > 0) throw contrary(call, 'AuthToken and UserGroupIds cannot be used together.');
  if ((token !== undefined || userGroups.length > 0) && !tls)
    throw contrary(call, 'AuthToken and user groups are supported only with encryption in transit.');
  if (token !== undefined && !/^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(token)) {
    throw invalid(call, 'Invalid AuthToken provided: 16 to 128 letters, digits or the characters !&#$^<>-');
  }
}

function usersOf(call: AwsCall, store: ResourceStore, groups: readonly string[]): readonly DatabaseUser[] {
  const token = text(call.parameters, 'AuthToken');
  if (groups.length === 0) return [{ name: 'default', passwords: token === undefined ? [] : [token], accessString: 'on ~* &* +@all' }];
  const ids = groups.flatMap((group) => {
    const found = store.get<KeptCacheUserGroup>(kinds.cacheUserGroup, call.region, group.toLowerCase());
    const phase = found.lifecycle.phase();
    if (phase !== 'ready') throw new AwsFault('InvalidUserGroupState', `User group ${group} is ${phase}, not active.`);
    return found.kept.users;
  });
  return ids.filter((id) => id !== 'default').map((id) => userOf(store.get<KeptCacheUser>(kinds.cacheUser, call.region, id)));
}
