import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type {
  Acl,
  DatabasePorts,
  MemorydbCluster,
  MemorydbClusterSpec,
  MemorydbUser,
  ParameterGroup,
  RdsInstance,
  RdsInstanceSpec,
  ReplicationGroup,
  ReplicationGroupSpec,
  SecretFacts,
  SecurityGroup,
  SqlPort,
  SubnetGroup,
  SubnetGroupSpec,
  Tagged,
} from '@holdfast/aws-databases';
import { type FakeSql, fakeSql } from './fake-sql.js';
import { fakeStore, type FakeStore } from './fake-store.js';

/** So many looks see it created; then what it becomes. */
export interface Fate {
  readonly creatingLooks?: number;
  readonly absentLooks?: number;
  readonly fails?: string;
  /** Where instances of RDS are, in place of nowhere, and who administers them. */
  readonly server?: { readonly host: string; readonly port: number; readonly password: string; readonly sql: SqlPort };
}

interface Named extends Tagged {
  readonly name: string;
}

/** AWS in memory: everything by name once, states by looks, counts of what was made. */
export interface FakeCloud {
  readonly ports: DatabasePorts;
  readonly sql: FakeSql;
  /** Kind to how many were ever made. */
  created(): Readonly<Record<string, number>>;
  /** Everything that is there. */
  inventory(): readonly string[];
}

export const administrator = { user: 'holdfast_admin', password: 'Master/Canary+1' };

export function fakeCloud(fate: Fate = {}): FakeCloud {
  const { creatingLooks = 1, absentLooks = 0, fails, server } = fate;
  const state = (looks: number): string => (looks <= creatingLooks ? 'creating' : (fails ?? 'available'));
  const seen = <T>(looks: number, found: T): T | undefined => (looks > 0 && looks <= absentLooks ? undefined : found);
  const subnetGroups = (): FakeStore<SubnetGroupSpec, SubnetGroup> => fakeStore(({ name, description }) => ({ name, description }));
  const groups = fakeStore<Named & { description: string; vpc: string; allows?: { port: number; from: string }[] }, SecurityGroup>((spec) => ({
    id: `sg-${spec.name}`,
    description: spec.description,
    allows: (spec.allows ??= []),
  }));
  const secrets = fakeStore<Named & { text: string; description: string; kmsKey: string | undefined }, SecretFacts>(({ name, tags }) => ({
    arn: `arn:secret:${name}`,
    tags,
  }));
  const instances = fakeStore<RdsInstanceSpec, RdsInstance>(({ name, engine, tags, port, masterUser }, looks) => {
    const ready = state(looks) === 'available';
    const at = ready ? { host: server?.host ?? `${name}.rds.test`, port: server?.port ?? port } : { host: undefined, port: undefined };
    return seen(looks, {
      arn: `arn:rds:${name}`,
      state: state(looks),
      engine,
      ...at,
      masterUser,
      masterSecret: { arn: 'arn:master', state: 'active' },
      tags,
    });
  });
  const cacheGroups = fakeStore<Named & { family: string; description: string; policy?: string }, ParameterGroup>(({ name, description }) => ({
    name,
    description,
  }));
  const replicationGroups = fakeStore<ReplicationGroupSpec, ReplicationGroup>(({ name, description }, looks) => {
    const at = state(looks) === 'available' ? { host: `${name}.cache.test`, port: 6379 } : { host: undefined, port: undefined };
    return seen(looks, { arn: `arn:cache:${name}`, description, state: state(looks), cluster: false, ...at, encryptsTransit: true });
  });
  const users = fakeStore<Named & { password: string }, MemorydbUser>(({ name, tags }) => ({ arn: `arn:user:${name}`, state: 'active', tags }));
  const acls = fakeStore<Named & { users: readonly string[] }, Acl>(({ name, tags, users: on }, looks) =>
    seen(looks, { arn: `arn:acl:${name}`, state: looks <= creatingLooks ? 'creating' : 'active', users: on, tags }),
  );
  const clusters = fakeStore<MemorydbClusterSpec, MemorydbCluster>(({ name, description, acl, port }, looks) => {
    const at = state(looks) === 'available' ? { host: `${name}.memorydb.test`, port } : { host: undefined, port: undefined };
    return seen(looks, {
      arn: `arn:db:${name}`,
      description,
      state: state(looks),
      acl,
      ...at,
      encryptsTransit: true,
      parameterGroup: 'default.memorydb-valkey7',
    });
  });
  const rdsGroups = subnetGroups();
  const elasticacheGroups = subnetGroups();
  const memorydbGroups = subnetGroups();
  const sql = fakeSql(administrator, scramFits);
  const lastEvent = async (): Promise<string> => 'no capacity left in the zone';
  const stores = { groups, secrets, instances, cacheGroups, replicationGroups, users, acls, clusters, rdsGroups, elasticacheGroups, memorydbGroups };
  const ports: DatabasePorts = {
    network: {
      subnets: async (ids) => ids.map((id, index) => ({ id, vpc: 'vpc-1', zone: `zone-${index}` })),
      findSecurityGroup: async ({ name }, call) => groups.find(name, call),
      createSecurityGroup: async (spec, call) => groups.create(spec, call),
      allow: async (id, rule) => {
        const item = groups.items.get(id.replace(/^sg-/u, ''));
        if (item === undefined) throw new Error('no such group');
        const allows = (item.spec.allows ??= []);
        if (!allows.some((each) => each.from === rule.from)) allows.push(rule);
      },
      removeSecurityGroup: async (id, call) => groups.remove(id.replace(/^sg-/u, ''), call),
    },
    secrets: {
      find: secrets.find,
      create: secrets.create,
      remove: secrets.remove,
      findRemoving: async () => undefined,
      restore: async () => {},
      read: async (arn) => {
        if (arn === 'arn:master') return JSON.stringify({ username: administrator.user, password: server?.password ?? administrator.password });
        const item = secrets.items.get(arn.replace(/^arn:secret:/u, ''));
        if (item === undefined) throw new Error(`no secret ${arn}`);
        return item.spec.text;
      },
    },
    rds: { subnetGroups: rdsGroups, instances, lastEvent },
    elasticache: {
      subnetGroups: elasticacheGroups,
      parameterGroups: {
        find: cacheGroups.find,
        create: cacheGroups.create,
        remove: cacheGroups.remove,
        read: async (name) => cacheGroups.items.get(name)?.spec.policy ?? 'volatile-lru',
        set: async (name, _parameter, value) => {
          const item = cacheGroups.items.get(name);
          if (item !== undefined) item.spec.policy = value;
        },
      },
      replicationGroups,
      parameterGroupOf: async (name) => replicationGroups.items.get(name)?.spec.parameterGroup,
      lastEvent,
    },
    memorydb: { subnetGroups: memorydbGroups, users, acls, clusters, readParameter: async () => 'volatile-lru', lastEvent },
    sql: server?.sql ?? sql,
    fetchText: async () => '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n',
  };
  return {
    ports,
    sql,
    created: () => Object.fromEntries(Object.entries(stores).flatMap(([kind, { created }]) => (created === 0 ? [] : [[kind, created]]))),
    inventory: () => Object.entries(stores).flatMap(([kind, { items }]) => [...items.keys()].map((name) => `${kind} ${name}`)),
  };
}

/** Whether a password is the one that PostgreSQL keeps the verifier of: worked out as the server does. */
function scramFits(stored: string, given: string): boolean {
  const [, iterations, salt = '', storedKey = '', serverKey = ''] = /^SCRAM-SHA-256\$(\d+):(.+)\$(.+):(.+)$/u.exec(stored) ?? [];
  if (iterations === undefined) return false;
  const salted = pbkdf2Sync(given, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const client = createHmac('sha256', salted).update('Client Key').digest();
  const server = createHmac('sha256', salted).update('Server Key').digest('base64');
  return createHash('sha256').update(client).digest('base64') === storedKey && server === serverKey;
}
