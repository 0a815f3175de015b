import type { DatabaseService } from '@holdfast/aws-databases';
import { endpointsOn, type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { missingServer, startMysql, startPostgres, startRedis, type TestServer } from '@holdfast/testkit/servers';

/** A stand-in for AWS with real servers behind it. */
export interface Arena extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly servers: Partial<Record<DatabaseService, TestServer>>;
}

const programs = { databases: ['moto_server', 'mysql', 'postgres'], storage: ['moto_server', 'mysql', 'postgres', 'redis', 'juicefs'] } as const;

/** Why there can be none on this machine; undefined where there can. */
export function missingArena(kind: keyof typeof programs): string | undefined {
  return programs[kind].map((program) => missingServer(program)).find((each) => each !== undefined);
}

/** Instances of RDS are real servers; `withCaches`: so are caches, else nobody connects to them. */
export async function startArena({ withCaches }: { readonly withCaches: boolean }): Promise<Arena> {
  await using cleanup = new AsyncDisposableStack();
  const caches = withCaches ? [startRedis({ tls: true })] : [];
  const [rdsMysql, rdsPostgres, redis] = await Promise.all([startMysql({ tls: true }), startPostgres({ tls: true }), ...caches]);
  for (const server of [rdsMysql, rdsPostgres, redis]) if (server !== undefined) cleanup.use(server);
  const all = endpointsOn([rdsMysql, rdsPostgres, ...(redis === undefined ? [] : [redis])]);
  const aws = cleanup.use(await startFakeAws({ endpoints: withCaches || all.rds === undefined ? all : { rds: all.rds } }));
  const held = cleanup.move();
  const servers = { rdsMysql, rdsPostgres, ...(redis === undefined ? {} : { elasticache: redis, memorydb: redis }) };
  return { aws, servers, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** An empty account, and nothing on the server of what a provisioning makes there. */
export async function emptyArena({ aws, servers }: Arena, service: DatabaseService): Promise<void> {
  await aws.reset();
  if (service === 'rdsMysql') await servers.rdsMysql?.query('DROP DATABASE IF EXISTS chaos_data; DROP USER IF EXISTS chaos_app;');
  if (service === 'rdsPostgres') await servers.rdsPostgres?.query('DROP DATABASE IF EXISTS chaos_data WITH (FORCE);\nDROP ROLE IF EXISTS chaos_app;');
  if (service === 'elasticache' || service === 'memorydb') await servers[service]?.query('FLUSHALL\nACL DELUSER hfvolume-chaos');
}

/** What there is, one name for each, without the part of a name that RDS draws by lot. */
export async function whatThereIs(aws: FakeAws): Promise<readonly string[]> {
  return (await aws.inventory()).map(({ type, name }) => `${type} ${name.replace(/^(rds!db-).*/u, '$1…')}`).sort();
}
