import { databaseServices } from '@holdfast/aws-databases';
import type { ResourceType } from '@holdfast/testkit/aws';
import { missingServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AwsBench, listening, startAwsBench } from './support/aws-bench.js';
import { temporaryFolder } from './support/fixture.js';

const missing = missingServer('moto_server') ?? missingServer('mysql') ?? missingServer('postgres');
const main: Readonly<Record<(typeof databaseServices)[number], ResourceType>> = {
  rdsMysql: 'rds:DBInstance',
  rdsPostgres: 'rds:DBInstance',
  elasticache: 'elasticache:ReplicationGroup',
  memorydb: 'memorydb:Cluster',
};
const creation = {
  rdsMysql: 'rds:CreateDBInstance',
  rdsPostgres: 'rds:CreateDBInstance',
  elasticache: 'elasticache:CreateReplicationGroup',
  memorydb: 'memorydb:CreateCluster',
};

describe.skipIf(missing !== undefined)(`on a stand-in for AWS${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let bench: AwsBench;
  beforeAll(async () => {
    bench = await startAwsBench();
  }, 240_000);
  beforeEach(async () => bench.renew());
  afterAll(async () => bench[Symbol.asyncDispose](), 60_000);
  const callsOf = (pattern: RegExp): number =>
    bench.aws.calls().reduce((sum, { service, operation, count }) => (pattern.test(`${service}:${operation}`) ? sum + count : sum), 0);

  test.each(databaseServices)(
    '%s: slowly made and not seen at first, once each; then there is nothing to do; removed, nothing is left',
    async (service) => {
      await using folder = await temporaryFolder();
      const database = bench.open(service, folder.path);
      const rules = slow(['rds:DBInstance', 'elasticache:ReplicationGroup', 'memorydb:Cluster', 'memorydb:ACL', 'memorydb:User']);
      for (const rule of rules) bench.aws.script(rule);
      const plan = await database.plan();
      expect(await bench.inventory()).toEqual([]);
      const { said, options } = listening();
      const there = await database.provision(options);
      expect(await database.inspect()).toMatchObject({ state: 'ready', database: there });
      const made = await bench.inventory();
      const creates = callsOf(/:Create/u);
      expect(creates).toBe(plan.resources.length);
      expect(await database.provision()).toEqual(there);
      expect(callsOf(/:Create/u)).toBe(creates);
      expect(await bench.inventory()).toEqual(made);
      await assertNoPassword([await folder.text(), ...said, JSON.stringify([plan, there])]);
      await database.destroy();
      expect(await bench.inventory()).toEqual([]);
      expect(callsOf(/:Delete(DBInstance|ReplicationGroup|Cluster)$/u)).toBe(1);
      await database.destroy();
    },
  );

  test.each(databaseServices)('%s: a failed creation is told with its reason, and can be removed', async (service) => {
    await using folder = await temporaryFolder();
    const database = bench.open(service, folder.path);
    bench.aws.script({
      of: main[service],
      creating: { polls: 1 },
      fails: { state: 'create-failed', reason: 'no capacity is left in zone a' },
      times: 1,
    });
    await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_FAILED' });
    await expect(database.provision()).rejects.toThrow('no capacity is left in zone a');
    await database.destroy();
    expect(await bench.inventory()).toEqual([]);
    await database.provision();
    await database.destroy();
  });

  test.each(databaseServices)('%s: what is throttled is called again; what is not allowed is told at once', async (service) => {
    await using folder = await temporaryFolder();
    const database = bench.open(service, folder.path);
    bench.aws.script({ on: creation[service], effect: { kind: 'throttle' } });
    await database.provision();
    expect(callsOf(new RegExp(`^${creation[service]}$`, 'u'))).toBe(2);
    await database.destroy();
    bench.aws.script({ on: creation[service], effect: { kind: 'deny' } });
    const { said, options } = listening();
    await expect(database.provision(options)).rejects.toMatchObject({
      code: 'HF_CLOUD_DENIED',
      kind: 'permission',
      context: { call: creation[service] },
    });
    expect(callsOf(new RegExp(`^${creation[service]}$`, 'u'))).toBe(3);
    await assertNoPassword([await folder.text(), ...said]);
    await database.provision();
    await database.destroy();
    expect(await bench.inventory()).toEqual([]);
  });

  test.each(databaseServices)('%s: a look that is not allowed ends the wait at its first time', async (service) => {
    await using folder = await temporaryFolder();
    const [prefix = ''] = creation[service].split(':');
    bench.aws.script({ of: main[service], creating: { polls: 3 } });
    bench.aws.script({
      on: `${prefix}:Describe${service.startsWith('rds') ? 'DBInstances' : service === 'memorydb' ? 'Clusters' : 'ReplicationGroups'}`,
      after: creation[service],
      effect: { kind: 'deny' },
    });
    await expect(bench.open(service, folder.path).provision()).rejects.toMatchObject({ code: 'HF_CLOUD_DENIED' });
    await bench.open(service, folder.path).destroy();
  });

  test.each(databaseServices)('%s: ended after any call that changes something and run again, there is one of each', async (service) => {
    await using whole = await temporaryFolder();
    const before = bench.aws.log().length;
    await bench.open(service, whole.path).provision();
    const changes = bench.aws
      .log()
      .slice(before)
      .flatMap(({ operation }, index) => (/^(Describe|List|Get)/u.test(operation) ? [] : [index + 1]));
    await bench.open(service, whole.path).destroy();
    expect(changes.length).toBeGreaterThanOrEqual(5);
    for (const calls of changes) {
      await using folder = await temporaryFolder();
      const end = new AbortController();
      const cut = bench.aws.cutAfter(calls).then(() => end.abort());
      await expect(bench.open(service, folder.path, { maxAttempts: 1 }).provision({ signal: end.signal })).rejects.toThrow();
      bench.aws.resume();
      await cut;
      const database = bench.open(service, folder.path);
      await database.provision();
      expect((await bench.inventory()).length, `ended after ${calls} calls`).toBe(expectedCount[service]);
      await database.destroy();
      expect(await bench.inventory(), `ended after ${calls} calls`).toEqual([]);
    }
  });

  test.each(databaseServices)('%s: two provisioners at once end with one of each', async (service) => {
    await using one = await temporaryFolder();
    await using two = await temporaryFolder();
    bench.aws.script({ of: main[service], absent: { polls: 1 }, creating: { polls: 3 } });
    const [left, right] = await Promise.all([one.path, two.path].map(async (folder) => bench.open(service, folder).provision()));
    expect(left).toEqual(right);
    expect(await bench.inventory()).toHaveLength(expectedCount[service]);
    await Promise.all([one.path, two.path].map(async (folder) => bench.open(service, folder).destroy()));
    expect(await bench.inventory()).toEqual([]);
  });

  const assertNoPassword = async (texts: readonly string[]): Promise<void> => {
    const passwords = await bench.passwords();
    for (const password of passwords) expect(texts.join('\n')).not.toContain(password);
  };
});

/** With the secret that RDS itself makes. */
const expectedCount = { rdsMysql: 5, rdsPostgres: 5, elasticache: 5, memorydb: 6 };

function slow(of: readonly ResourceType[]) {
  return of.map((type) => ({ of: type, absent: { polls: 1 }, creating: { polls: 2 }, deleting: { polls: 2 } }));
}
