import { join } from 'node:path';
import { awsDatabase, type AwsDatabase, catalogSection, type ProvisionedDatabase } from '@holdfast/aws-databases';
import { mysql } from '@holdfast/catalog/mysql';
import { postgres } from '@holdfast/catalog/postgres';
import { serverSessions } from '@holdfast/catalog/sessions';
import type { MetadataStore } from '@holdfast/core';
import { resourceState } from '@holdfast/core/provision';
import { missingServer, type ServerAccess, startMariadb, startMysql, startPostgres, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeCloud, fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder } from './support/fixture.js';

/** As RDS has one: of its rights, no superuser. */
const administrators = {
  mysql: "create user 'holdfast_admin'@'%' identified by 'Canary-1'; grant all on *.* to 'holdfast_admin'@'%' with grant option;",
  mariadb: "create user 'holdfast_admin'@'%' identified by 'Canary-1'; grant all on *.* to 'holdfast_admin'@'%' with grant option;",
  postgres: "create role holdfast_admin login createrole createdb password 'Canary-1';",
} as const;

const kinds = [
  { kind: 'mysql', service: 'rdsMysql', start: startMysql },
  { kind: 'mariadb', service: 'rdsMysql', start: startMariadb },
  { kind: 'postgres', service: 'rdsPostgres', start: startPostgres },
] as const;

for (const { kind, service, start } of kinds) {
  const missing = missingServer(kind);
  describe.skipIf(missing !== undefined)(`a real ${kind} behind the address that RDS tells`, () => {
    let server: TestServer | undefined;
    beforeAll(async () => {
      server = await start({ tls: true });
      await server.query(administrators[kind]);
    }, 240_000);
    afterAll(async () => server?.[Symbol.asyncDispose](), 60_000);

    const cloudOf = ({ port }: ServerAccess): FakeCloud =>
      fakeCloud({ server: { host: 'localhost', port, password: 'Canary-1', sql: serverSessions() } });
    const open = (cloud: FakeCloud, folder: string, more: object): AwsDatabase => {
      const config = configOf(service, { tlsCaFile: there().caFile, ...more });
      return awsDatabase(config, { ports: cloud.ports, state: resourceState(join(folder, 'a')), pollMs: { min: 1, max: 5 } });
    };
    const there = (): TestServer => server ?? missingYet();

    test('the user and the database are made, by several at once, and a catalog opens on them', async () => {
      const cloud = cloudOf(there());
      await using folder = await temporaryFolder();
      const own = { user: 'hf_app', database: 'hf_data' };
      const all = await Promise.all([1, 2, 3, 4].map(async () => open(cloud, folder.path, own).provision()));
      const [first = missingYet()] = all;
      expect(all).toEqual([first, first, first, first]);
      await using catalog = await openCatalog(first, cloud);
      expect(await catalog.listJobs()).toMatchObject({ items: [] });
    });

    test('a server that is adopted keeps its user and its database', async () => {
      const theirs = await there().fresh();
      const cloud = cloudOf(there());
      await using folder = await temporaryFolder();
      await open(cloud, folder.path, { user: 'hf_other', database: 'hf_other' }).provision();
      const adopt = { adopt: `holdfast-a-${service === 'rdsMysql' ? 'mysql' : 'postgres'}`, subnets: [], clientSecurityGroups: [], clientCidrs: [] };
      const database = open(cloud, join(folder.path, 'b'), { ...adopt, user: theirs.user, database: theirs.space });
      await cloud.ports.secrets.remove(`holdfast/a/${service === 'rdsMysql' ? 'mysql' : 'postgres'}`, {});
      await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_CONFLICT', context: { user: theirs.user } });
      expect(await there().query('select 1', theirs)).toContain('1');
    });

    test('a certificate that its authorities do not vouch for is not taken', async () => {
      const cloud = cloudOf(there());
      await using folder = await temporaryFolder();
      const database = open(cloud, folder.path, { tlsCaFile: undefined, user: 'hf_app', database: 'hf_data' });
      await expect(database.provision()).rejects.toMatchObject({ kind: 'unavailable', retry: 'no' });
    });
  });
}

async function openCatalog(database: ProvisionedDatabase, cloud: FakeCloud): Promise<MetadataStore> {
  const secrets = { read: async ({ secret }: { readonly secret: string }): Promise<string> => cloud.ports.secrets.read(secret, {}) };
  return (database.engine === 'mysql' ? mysql({ secrets }) : postgres({ secrets })).open(catalogSection(database));
}

function missingYet(): never {
  throw new Error('the server is started before the tests, not before their definitions');
}
