import type { Acl, DatabasePorts, MemorydbUser } from '../client.js';
import type { MemorydbConfig } from '../config/database-config.js';
import { baseName, markOf, markOfTags, tagsOf } from '../names.js';
import { type Managed, standingOfState } from '../resources/managed.js';
import { awaitReady, ensure, type Workshop } from '../resources/workshop.js';

/** The user, with all commands on all keys; commands of administration MemoryDB allows nobody. */
export function memorydbUser({ memorydb }: DatabasePorts, config: MemorydbConfig): Managed<MemorydbUser> {
  const name = config.user;
  return {
    key: 'user',
    kind: 'memorydb-user',
    name,
    label: `MemoryDB user '${name}'`,
    detail: 'a password, all commands, all keys',
    find: async (call) => memorydb.users.find(name, call),
    mark: markOf(config),
    markIn: ({ tags }) => markOfTags(tags),
    adopt: false,
    idOf: ({ arn }) => arn,
    standingOf: ({ state }) => standingOfState(state),
    remove: async (_, call) => memorydb.users.remove(name, call),
  };
}

/** Without one of its own a cluster lets everybody in. */
export function accessList({ memorydb }: DatabasePorts, config: MemorydbConfig): Managed<Acl> {
  const name = baseName(config);
  return {
    key: 'acl',
    kind: 'memorydb-acl',
    name,
    label: `MemoryDB access control list '${name}'`,
    detail: `the user '${config.user}' alone`,
    find: async (call) => memorydb.acls.find(name, call),
    mark: markOf(config),
    markIn: ({ tags }) => markOfTags(tags),
    adopt: false,
    idOf: ({ arn }) => arn,
    standingOf: ({ state }) => standingOfState(state),
    remove: async (_, call) => memorydb.acls.remove(name, call),
  };
}

const accessMs = 600_000;

/** Makes both, and waits until they count. Gives the list's name. */
export async function ensureAccess(workshop: Workshop, ports: DatabasePorts, config: MemorydbConfig, password: string): Promise<string> {
  const user = memorydbUser(ports, config);
  await ensure(workshop, user, async (call) => ports.memorydb.users.create({ name: user.name, password, tags: tagsOf(config) }, call));
  await awaitReady(workshop, user, accessMs);
  const list = accessList(ports, config);
  const spec = { name: list.name, users: [user.name], tags: tagsOf(config) };
  await ensure(
    workshop,
    list,
    async (call) => ports.memorydb.acls.create(spec, call),
    ({ users }) => (users.includes(user.name) ? undefined : `the user '${user.name}' is not on it`),
  );
  await awaitReady(workshop, list, accessMs);
  return list.name;
}
