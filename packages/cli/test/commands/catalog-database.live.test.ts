import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { postgres } from '@holdfast/catalog/postgres';
import { serverSessions } from '@holdfast/catalog/sessions';
import { type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { missingServer, startPostgres, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runLine } from '../support/run-line.js';

const missing = missingServer('moto_server') ?? missingServer('postgres');
const masterPassword = 'Canary-Master-1';

describe.skipIf(missing !== undefined)(
  `holdfast catalog provision on a stand-in for AWS${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: TestServer;
    let aws: FakeAws;
    let folder = '';
    beforeAll(async () => {
      server = await startPostgres({ tls: true });
      await server.query(`create role holdfast_admin login createrole createdb password '${masterPassword}';`);
      aws = await startFakeAws({ endpoints: { rds: { host: 'localhost', port: server.port, masterPassword } } });
    }, 120_000);
    afterAll(async () => {
      await aws[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    }, 60_000);
    beforeEach(async () => {
      await aws.reset();
      folder = await mkdtemp('/dev/shm/holdfast-catalog-');
    });
    afterEach(async () => rm(folder, { recursive: true, force: true }));

    const ports = () => awsSdkPorts({ ...aws.client, sql: serverSessions() });
    const run = async (line: readonly string[], more: object = {}) =>
      runLine(['catalog', ...line, '--state-dir', join(folder, 'state')], { databasePorts: ports(), ...more });
    const describedAs = async (service: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<string> => {
      const ec2 = new EC2Client(aws.client);
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
      ec2.destroy();
      const subnets = Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId);
      const described = Object.fromEntries(Object.entries(service).map(([name, more]) => [name, { subnets, clientCidrs: ['10.0.0.0/16'], ...more }]));
      const file = join(folder, 'team.json');
      await writeFile(file, JSON.stringify({ name: 'team', ...described }));
      return file;
    };

    test('shows what it would make and what that costs, makes it, prints the section that opens the catalog, and takes it back', async () => {
      const file = await describedAs({ rdsPostgres: { region: 'us-east-1', tlsCaFile: server.caFile, user: 'hf_team', database: 'hf_team' } });
      const shown = await run(['provision', file, '--dry-run']);
      expect(shown.status).toBe(0);
      expect(shown.stdout).toMatch(/make +rds-instance +holdfast-team-postgres/u);
      expect(shown.stdout).toContain('costs about 20 to 50 USD a month');
      expect(await aws.inventory()).toEqual([]);

      const made = await run(['provision', file, '--json']);
      expect(made.status).toBe(0);
      expect(JSON.parse(made.stdout)).toMatchObject({ copyToEveryMachine: [server.caFile] });
      const { catalog } = JSON.parse(made.stdout) as { catalog: { passwordSecret: string } };
      expect(made.stderr).toContain('"type":"storage.progress"');
      const password = (JSON.parse(await ports().secrets.read(catalog.passwordSecret, {})) as { password: string }).password;
      const written = await readAll(join(folder, 'state'));
      for (const text of [made.stdout, made.stderr, shown.stdout, written]) {
        expect(text).not.toContain(password);
        expect(text).not.toContain(masterPassword);
      }
      expect(written).toContain('holdfast-team-postgres');
      const secrets = { read: async ({ secret }: { readonly secret: string }) => ports().secrets.read(secret, {}) };
      await using store = await postgres({ secrets }).open(catalog);
      expect((await store.listJobs()).items).toEqual([]);

      const again = await run(['provision', file]);
      expect(again.stderr).toContain(`COPY ${server.caFile} to the same path on EVERY machine`);
      expect(JSON.parse(again.stdout)).toMatchObject({ catalog });
      const removed = await run(['deprovision', file, '--yes']);
      expect(removed.status).toBe(0);
      expect(removed.stdout).toContain("removed: RDS instance 'holdfast-team-postgres'");
      expect(await aws.inventory()).toEqual([]);
      expect((await run(['deprovision', file])).stderr).toContain('there is nothing of');
    });

    test('on a terminal it asks, with the cost, and a no makes and removes nothing', async () => {
      const file = await describedAs({ memorydb: {} });
      const refused = await run(['provision', file], { terminal: true, input: 'n\n' });
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain('make this, for about 50 to 100 USD a month? [y/N]');
      expect(refused.stderr).toContain('nothing was made');
      expect(await aws.inventory()).toEqual([]);
      expect((await run(['provision', file], { terminal: true, input: 'y\n' })).status).toBe(0);
      const made = await aws.inventory();
      const kept = await run(['deprovision', file], { terminal: true, input: '\n' });
      expect(kept.status).toBe(1);
      expect(kept.stderr).toContain('with all its data?');
      expect(await aws.inventory()).toEqual(made);
      await run(['deprovision', file, '--yes'], { terminal: true });
      expect(await aws.inventory()).toEqual([]);
    });

    test('a failure says its reason and status, and ElastiCache what it may lose', async () => {
      const file = await describedAs({ elasticache: {} });
      aws.script({ of: 'elasticache:ReplicationGroup', fails: { state: 'create-failed', reason: 'no capacity' } });
      const failed = await run(['provision', file, '--yes']);
      expect(failed.status).toBe(3);
      expect(failed.stderr).toContain('no capacity');
      expect(failed.stderr).toContain('a fail-over loses the last writes');
      aws.script({ on: 'elasticache:DeleteReplicationGroup', effect: { kind: 'deny' } });
      expect((await run(['deprovision', file, '--yes'])).status).toBe(5);
      expect((await run(['deprovision', file, '--yes'])).status).toBe(0);
      expect(await aws.inventory()).toEqual([]);
    });
  },
);

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => readFile(file, 'utf8')))).join('\n');
}
