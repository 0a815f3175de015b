import type { DatabaseService } from '@holdfast/aws-databases';
import { endpointsOn, type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { missingServer, startMysql, startPostgres, type TestServer } from '@holdfast/testkit/servers';

/** A stand-in for AWS whose instances of RDS are real servers. */
export interface Arena extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly servers: Partial<Record<DatabaseService, TestServer>>;
}

/** Why there can be none on this machine; undefined where there can. */
export function missingArena(): string | undefined {
  return (['moto_server', 'mysql', 'postgres'] as const).map((kind) => missingServer(kind)).find((each) => each !== undefined);
}

export async function startArena(): Promise<Arena> {
  await using cleanup = new AsyncDisposableStack();
  const [rdsMysql, rdsPostgres] = await Promise.all([startMysql({ tls: true }), startPostgres({ tls: true })]);
  for (const server of [rdsMysql, rdsPostgres]) cleanup.use(server);
  const { rds } = endpointsOn([rdsMysql, rdsPostgres]);
  const aws = cleanup.use(await startFakeAws({ endpoints: rds === undefined ? {} : { rds } }));
  const held = cleanup.move();
  return { aws, servers: { rdsMysql, rdsPostgres }, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** An empty account, and nothing on the server of what a provisioning makes there. */
export async function emptyArena({ aws, servers }: Arena, service: DatabaseService): Promise<void> {
  await aws.reset();
  if (service === 'rdsMysql') await servers.rdsMysql?.query('DROP DATABASE IF EXISTS chaos_data; DROP USER IF EXISTS chaos_app;');
  if (service === 'rdsPostgres') await servers.rdsPostgres?.query('DROP DATABASE IF EXISTS chaos_data WITH (FORCE);\nDROP ROLE IF EXISTS chaos_app;');
}

/** What there is, one name for each, without the part of a name that RDS draws by lot. */
export async function whatThereIs(aws: FakeAws): Promise<readonly string[]> {
  return (await aws.inventory()).map(({ type, name }) => `${type} ${name.replace(/^(rds!db-).*/u, '$1…')}`).sort();
}
