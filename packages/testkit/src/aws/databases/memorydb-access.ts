import type { AwsCall } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';
import type { Phase } from '../lifecycle.js';
import type { Structure } from '../write-xml.js';
import type { DatabaseUser } from './endpoint.js';
import type { Handlers } from './handler.js';
import { kinds } from './kinds.js';
import type { KeptCluster } from './memorydb-cluster.js';
import { required, requiredName, tagsOf, text, texts } from './parameters.js';
import { checkedPasswords } from './passwords.js';
import { type Resource, type ResourceStore, stateOf } from './resource-store.js';

interface KeptUser {
  readonly accessString: string;
  readonly passwords: readonly string[];
}

interface KeptAcl {
  readonly users: readonly string[];
}

/** Users of MemoryDB and the access lists of them; the list `open-access` is there without being made. */
export const accessHandlers: Handlers = {
  CreateUser(call, { store }) {
    const kept = { accessString: required(call, 'AccessString'), passwords: checkedPasswords(call) };
    const user = store.add<KeptUser>(kinds.memoryUser, call.region, requiredName(call, 'UserName'), tagsOf(call.parameters), kept);
    return { User: writeUser(user, user.lifecycle.phase(), store) };
  },
  DescribeUsers(call, { store }) {
    const shown = store.look<KeptUser>(kinds.memoryUser, call.region, text(call.parameters, 'UserName')?.toLowerCase());
    return { Users: shown.map(({ resource, phase }) => writeUser(resource, phase, store)) };
  },
  UpdateUser(call, { store }) {
    const user = store.get<KeptUser>(kinds.memoryUser, call.region, requiredName(call, 'UserName'));
    const passwords = call.parameters['AuthenticationMode'] === undefined ? user.kept.passwords : checkedPasswords(call);
    user.kept = { accessString: text(call.parameters, 'AccessString') ?? user.kept.accessString, passwords };
    return { User: writeUser(user, user.lifecycle.phase(), store) };
  },
  DeleteUser(call, { store }) {
    const user = store.get<KeptUser>(kinds.memoryUser, call.region, requiredName(call, 'UserName'));
    if (listsOf(user, store).length > 0) throw new AwsFault('InvalidUserStateFault', `User ${user.name} is in an access list.`);
    user.lifecycle.remove();
    return { User: writeUser(user, 'deleting', store) };
  },
  CreateACL(call, { store }) {
    const users = namedUsers(call, store, 'UserNames');
    const acl = store.add<KeptAcl>(kinds.acl, call.region, requiredName(call, 'ACLName'), tagsOf(call.parameters), { users });
    return { ACL: writeAcl(acl, 'creating', store) };
  },
  DescribeACLs(call, { store }) {
    const shown = store.look<KeptAcl>(kinds.acl, call.region, text(call.parameters, 'ACLName')?.toLowerCase());
    return { ACLs: shown.map(({ resource, phase }) => writeAcl(resource, phase, store)) };
  },
  UpdateACL(call, { store }) {
    const acl = store.get<KeptAcl>(kinds.acl, call.region, requiredName(call, 'ACLName'));
    const removed = new Set(texts(call.parameters, 'UserNamesToRemove'));
    const users = [...acl.kept.users, ...namedUsers(call, store, 'UserNamesToAdd')].filter((each) => !removed.has(each));
    acl.kept = { users: [...new Set(users)] };
    return { ACL: writeAcl(acl, acl.lifecycle.phase(), store) };
  },
  DeleteACL(call, { store }) {
    const acl = store.get<KeptAcl>(kinds.acl, call.region, requiredName(call, 'ACLName'));
    if (clustersOf(acl, store).length > 0) throw new AwsFault('InvalidACLStateFault', `ACL ${acl.name} is in use by a cluster.`);
    acl.lifecycle.remove();
    return { ACL: writeAcl(acl, 'deleting', store) };
  },
};

/** Those whom an access list lets in. Throws where there is none of that name, or it is not active. */
export function usersOfAcl(call: AwsCall, store: ResourceStore, name: string): readonly DatabaseUser[] {
  if (name === 'open-access') return [{ name: 'default', passwords: [], accessString: 'on ~* &* +@all' }];
  const acl = store.get<KeptAcl>(kinds.acl, call.region, name);
  const phase = acl.lifecycle.phase();
  if (phase !== 'ready') throw new AwsFault('InvalidACLStateFault', `ACL ${name} is ${phase}, not active.`);
  return acl.kept.users.map((user) => ({ name: user, ...store.get<KeptUser>(kinds.memoryUser, call.region, user).kept }));
}

function namedUsers(call: AwsCall, store: ResourceStore, list: string): readonly string[] {
  const names = texts(call.parameters, list).map((each) => each.toLowerCase());
  for (const name of names) store.get(kinds.memoryUser, call.region, name);
  return names;
}

function writeUser(user: Resource<KeptUser>, phase: Phase, store: ResourceStore): Structure {
  return {
    Name: user.name,
    Status: stateOf(user, phase),
    AccessString: user.kept.accessString,
    ACLNames: listsOf(user, store),
    MinimumEngineVersion: '6.2',
    Authentication: { Type: user.kept.passwords.length === 0 ? 'no-password' : 'password', PasswordCount: user.kept.passwords.length },
    ARN: user.arn,
  };
}

function writeAcl(acl: Resource<KeptAcl>, phase: Phase, store: ResourceStore): Structure {
  const Clusters = clustersOf(acl, store);
  return { Name: acl.name, Status: stateOf(acl, phase), UserNames: acl.kept.users, MinimumEngineVersion: '6.2', Clusters, ARN: acl.arn };
}

function listsOf(user: Resource<KeptUser>, store: ResourceStore): readonly string[] {
  const lists = store.all<KeptAcl>(kinds.acl, user.region).filter(({ lifecycle }) => lifecycle.phase() !== 'deleting');
  return lists.filter(({ kept }) => kept.users.includes(user.name)).map(({ name }) => name);
}

function clustersOf(acl: Resource<KeptAcl>, store: ResourceStore): readonly string[] {
  return store
    .all<KeptCluster>(kinds.cluster, acl.region)
    .filter(({ kept }) => kept.acl === acl.name)
    .map(({ name }) => name);
}
