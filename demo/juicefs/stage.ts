import { endpointsOn, type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { startVolumeServers, type VolumeMachine, volumeMachine, type VolumeServers } from '@holdfast/testkit/juicefs';
import type { ServerKind } from '@holdfast/testkit/servers';

type Service = 'rdsMysql' | 'rdsPostgres' | 'memorydb';

/** What the demo is played on: real servers, and a control plane of AWS that is none and leads to them. */
export interface Stage extends AsyncDisposable {
  readonly servers: VolumeServers;
  readonly aws: FakeAws;
  readonly service: Service;
  machine(folder: string): Promise<VolumeMachine>;
}

const services: Readonly<Record<ServerKind, Service>> = {
  mysql: 'rdsMysql',
  mariadb: 'rdsMysql',
  postgres: 'rdsPostgres',
  redis: 'memorydb',
  valkey: 'memorydb',
};

export async function openStage(engine: ServerKind): Promise<Stage> {
  await using cleanup = new AsyncDisposableStack();
  const servers = cleanup.use(await startVolumeServers(engine, { tls: true }));
  const aws = cleanup.use(await startFakeAws({ endpoints: endpointsOn([servers.database]) }));
  const service = services[engine];
  const { caFile = '' } = servers.database;
  const subnets = (await aws.subnets()).slice(0, 2);
  const own = service === 'memorydb' ? {} : { user: 'jfs', database: 'jfs', tlsCaFile: caFile };
  const metadata = { [service]: { region: aws.client.region, subnets, clientCidrs: ['10.0.0.0/16'], ...own } };
  const held = cleanup.move();
  return {
    servers,
    aws,
    service,
    async machine(folder) {
      const made = await volumeMachine(servers, folder, { name: 'holdfast-demo', metadata });
      // The database of a volume is the volume's alone: the catalog has another one on the same server. Certificates are for names.
      const url = servers.metadata.url.replace('127.0.0.1', 'localhost');
      const catalog = `${url}?${service === 'memorydb' ? '' : 'tls=verify&'}tlsCaFile=${encodeURIComponent(caFile)}`;
      const secrets = { HOLDFAST_CATALOG: catalog, HOLDFAST_CATALOG_PASSWORD: servers.metadata.password };
      return { ...made, environment: { ...aws.environment, ...secrets, SSL_CERT_FILE: caFile } };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
