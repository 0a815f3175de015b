import { AwsFault } from '../aws-fault.js';
import type { Phase } from '../lifecycle.js';
import type { Structure } from '../write-xml.js';
import type { KeptReplicationGroup } from './elasticache-replication-group.js';
import type { DatabaseUser } from './endpoint.js';
import type { Handlers } from './handler.js';
import { kinds } from './kinds.js';
import { required, requiredName, tagsOf, text, texts } from './parameters.js';
import { checkedPasswords } from './passwords.js';
import { type Resource, type ResourceStore, stateOf } from './resource-store.js';

export interface KeptCacheUser {
  readonly userName: string;
  readonly engine: string;
  readonly accessString: string;
  readonly passwords: readonly string[];
}

export interface KeptCacheUserGroup {
  readonly engine: string;
  readonly users: readonly string[];
}

/** Users of ElastiCache and the groups of them; the user `default` is there without being made. */
export const cacheUserHandlers: Handlers = {
  CreateUser(call, { store }) {
    const name = requiredName(call, 'UserId');
    const kept = {
      userName: required(call, 'UserName'),
      engine: required(call, 'Engine').toLowerCase(),
      accessString: required(call, 'AccessString'),
      passwords: checkedPasswords(call),
    };
    const user = store.add<KeptCacheUser>(kinds.cacheUser, call.region, name, tagsOf(call.parameters), kept);
    return writeUser(user, user.lifecycle.phase(), store);
  },
  DescribeUsers(call, { store }) {
    const shown = store.look<KeptCacheUser>(kinds.cacheUser, call.region, text(call.parameters, 'UserId')?.toLowerCase());
    return { Users: shown.map(({ resource, phase }) => writeUser(resource, phase, store)) };
  },
  DeleteUser(call, { store }) {
    const user = store.get<KeptCacheUser>(kinds.cacheUser, call.region, requiredName(call, 'UserId'));
    user.lifecycle.remove();
    return writeUser(user, 'deleting', store);
  },
  CreateUserGroup(call, { store }) {
    const name = requiredName(call, 'UserGroupId');
    const engine = required(call, 'Engine').toLowerCase();
    const users = texts(call.parameters, 'UserIds').map((each) => each.toLowerCase());
    const made = users.filter((each) => each !== 'default').map((each) => store.get<KeptCacheUser>(kinds.cacheUser, call.region, each));
    if (engine === 'redis' && !users.includes('default') && !made.some(({ kept }) => kept.userName === 'default')) {
      throw new AwsFault('DefaultUserRequired', 'User group needs to contain a user with the user name default.');
    }
    const group = store.add<KeptCacheUserGroup>(kinds.cacheUserGroup, call.region, name, tagsOf(call.parameters), { engine, users });
    return writeUserGroup(group, 'creating', store);
  },
  DescribeUserGroups(call, { store }) {
    const shown = store.look<KeptCacheUserGroup>(kinds.cacheUserGroup, call.region, text(call.parameters, 'UserGroupId')?.toLowerCase());
    return { UserGroups: shown.map(({ resource, phase }) => writeUserGroup(resource, phase, store)) };
  },
  DeleteUserGroup(call, { store }) {
    const group = store.get<KeptCacheUserGroup>(kinds.cacheUserGroup, call.region, requiredName(call, 'UserGroupId'));
    if (replicationGroupsOf(group, store).length > 0) throw new AwsFault('InvalidUserGroupState', `User group ${group.name} is in use.`);
    group.lifecycle.remove();
    return writeUserGroup(group, 'deleting', store);
  },
};

export function userOf({ kept }: Resource<KeptCacheUser>): DatabaseUser {
  return { name: kept.userName, passwords: kept.passwords, accessString: kept.accessString };
}

function writeUser(user: Resource<KeptCacheUser>, phase: Phase, store: ResourceStore): Structure {
  const { userName, engine, accessString, passwords } = user.kept;
  const groups = store.all<KeptCacheUserGroup>(kinds.cacheUserGroup, user.region).filter(({ kept }) => kept.users.includes(user.name));
  return {
    UserId: user.name,
    UserName: userName,
    Status: stateOf(user, phase),
    Engine: engine,
    MinimumEngineVersion: '6.0',
    AccessString: accessString,
    UserGroupIds: groups.map(({ name }) => name),
    Authentication: { Type: passwords.length === 0 ? 'no-password' : 'password', PasswordCount: passwords.length },
    ARN: user.arn,
  };
}

function writeUserGroup(group: Resource<KeptCacheUserGroup>, phase: Phase, store: ResourceStore): Structure {
  return {
    UserGroupId: group.name,
    Status: stateOf(group, phase),
    Engine: group.kept.engine,
    UserIds: group.kept.users,
    MinimumEngineVersion: '6.0',
    ReplicationGroups: replicationGroupsOf(group, store),
    ARN: group.arn,
  };
}

function replicationGroupsOf(group: Resource<KeptCacheUserGroup>, store: ResourceStore): readonly string[] {
  const all = store.all<KeptReplicationGroup>(kinds.replicationGroup, group.region);
  return all.filter(({ kept }) => kept.userGroups.includes(group.name)).map(({ name }) => name);
}
