import { CreateACLCommand, CreateClusterCommand, CreateUserCommand } from '@aws-sdk/client-memorydb';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { endpointsOn, startFakeAws } from '@holdfast/testkit/aws';
import { missingServer, startMariadb, startPostgres, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { expect, it } from 'vitest';
import { clientsOf } from './clients.js';

const missing = (['moto_server', 'postgres', 'mariadb', 'redis'] as const).map((kind) => missingServer(kind)).find((each) => each !== undefined);

it.skipIf(missing !== undefined)(
  `databases of a fake AWS are real ones of this machine${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    await using cleanup = new AsyncDisposableStack();
    const [mariadb, postgres, redis] = await Promise.all([startMariadb(), startPostgres(), startRedis()]);
    for (const server of [mariadb, postgres, redis]) cleanup.use(server);
    const aws = cleanup.use(await startFakeAws({ endpoints: endpointsOn([mariadb, postgres, redis]) }));
    const { rds, secrets, memorydb } = clientsOf(aws);

    const make = async (engine: string, server: TestServer, ask: string): Promise<string> => {
      const size = { DBInstanceClass: 'db.t4g.micro', AllocatedStorage: 20 };
      const master = { MasterUsername: 'owner', ManageMasterUserPassword: true };
      await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: engine, Engine: engine, DBName: 'jfs', ...size, ...master }));
      const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: engine }));
      expect(DBInstances?.[0]?.Endpoint).toMatchObject({ Address: server.host, Port: server.port });
      const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: DBInstances?.[0]?.MasterUserSecret?.SecretArn }));
      const { username, password } = JSON.parse(SecretString) as { username: string; password: string };
      return await server.query(ask, { ...server, user: username, password, space: 'jfs' });
    };
    expect((await make('mysql', mariadb, 'SELECT DATABASE()')).trim()).toBe('jfs');
    expect((await make('postgres', postgres, 'SELECT current_user, current_database()')).trim()).toBe('owner|jfs');

    const password = 'a-password-of-sixteen';
    await memorydb.send(
      new CreateUserCommand({ UserName: 'jfs', AccessString: 'on ~* &* +@all', AuthenticationMode: { Type: 'password', Passwords: [password] } }),
    );
    await memorydb.send(new CreateACLCommand({ ACLName: 'only', UserNames: ['jfs'] }));
    await memorydb.send(new CreateClusterCommand({ ClusterName: 'c', NodeType: 'db.t4g.small', ACLName: 'only' }));
    expect((await redis.query('ACL WHOAMI', { ...redis, user: 'jfs', password })).trim()).toBe('jfs');
    await expect(redis.query('ACL WHOAMI', { ...redis, user: 'jfs', password: 'another' })).rejects.toThrow(/WRONGPASS/);
  },
);
