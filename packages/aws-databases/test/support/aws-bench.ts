import { join } from 'node:path';
import { awsDatabase, type AwsDatabase, type DatabaseService, type ProgressOptions } from '@holdfast/aws-databases';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { serverSessions } from '@holdfast/catalog/sessions';
import { resourceState } from '@holdfast/core/provision';
import { type Endpoint, type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { startMysql, startPostgres } from '@holdfast/testkit/servers';
import { configOf } from './fixture.js';

/** The fake AWS, with a real MySQL and a real PostgreSQL behind the addresses that its RDS tells. */
export interface AwsBench extends AsyncDisposable {
  readonly aws: FakeAws;
  /** As if it had just been started. */
  renew(): Promise<void>;
  /** A database of that service; `maxAttempts` 1 gives up as a killed process does. */
  open(service: DatabaseService, folder: string, more?: { readonly maxAttempts?: number; readonly name?: string }): AwsDatabase;
  /** What there is beside what every account has. */
  inventory(): Promise<readonly string[]>;
  /** The passwords in Secrets Manager. */
  passwords(): Promise<readonly string[]>;
}

const masterPassword = 'Canary-Master-1';

export async function startAwsBench(): Promise<AwsBench> {
  await using cleanup = new AsyncDisposableStack();
  const [mysql, postgres] = await Promise.all([startMysql({ tls: true }), startPostgres({ tls: true })]);
  cleanup.use(mysql);
  cleanup.use(postgres);
  await mysql.query(
    `create user 'holdfast_admin'@'%' identified by '${masterPassword}'; grant all on *.* to 'holdfast_admin'@'%' with grant option;`,
  );
  await postgres.query(`create role holdfast_admin login createrole createdb password '${masterPassword}';`);
  const rds = ({ engine }: { readonly engine: string }): Endpoint => ({
    host: 'localhost',
    port: engine === 'mysql' ? mysql.port : postgres.port,
    masterPassword,
  });
  const aws = cleanup.use(await startFakeAws({ endpoints: { rds } }));
  const caFiles = { rdsMysql: mysql.caFile, rdsPostgres: postgres.caFile, elasticache: undefined, memorydb: undefined };
  let subnets: readonly string[] = [];
  const place = (): object => ({ subnets, clientSecurityGroups: [], clientCidrs: ['10.0.0.0/16'] });
  const own = { user: 'hf_app', database: 'hf_data' };
  const held = cleanup.move();
  return {
    aws,
    renew: async () => {
      await aws.reset();
      subnets = await subnetsOf(aws);
    },
    open: (service, folder, { maxAttempts } = {}) => {
      const caFile = caFiles[service];
      const config = configOf(service, { ...place(), ...(caFile === undefined ? {} : { ...own, tlsCaFile: caFile }) });
      const ports = awsSdkPorts({ ...aws.client, sql: serverSessions(), ...(maxAttempts === undefined ? {} : { maxAttempts }) });
      return awsDatabase(config, { ports, state: resourceState(join(folder, 'a')), pollMs: { min: 1, max: 5 } });
    },
    inventory: async () => {
      const items = await aws.inventory();
      return items.map((item) => JSON.stringify(item)).filter((text) => text.includes('holdfast') || text.includes('rds!'));
    },
    passwords: async () => {
      const ports = awsSdkPorts({ ...aws.client, sql: serverSessions() });
      const names = ['mysql', 'postgres', 'cache', 'memorydb'].map((short) => `holdfast/a/${short}`);
      const found = await Promise.all(names.map(async (name) => ports.secrets.find(name, {})));
      const texts = await Promise.all(found.flatMap((secret) => (secret === undefined ? [] : [ports.secrets.read(secret.arn, {})])));
      return [masterPassword, ...texts.map((text) => (JSON.parse(text) as { readonly password: string }).password)];
    },
    [Symbol.asyncDispose]: async () => held.disposeAsync(),
  };
}

/** Two of the default network, which moto has in every region. */
async function subnetsOf({ client }: FakeAws): Promise<readonly string[]> {
  const { DescribeSubnetsCommand, EC2Client } = await import('@aws-sdk/client-ec2');
  const ec2 = new EC2Client(client);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  ec2.destroy();
  return Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId);
}

/** What is said while it runs. */
export function listening(): { readonly said: string[]; readonly options: ProgressOptions } {
  const said: string[] = [];
  return { said, options: { onProgress: ({ step, message }) => said.push(`${step}: ${message}`) } };
}
