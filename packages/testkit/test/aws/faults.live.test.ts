import { CreateSecurityGroupCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { CreateUserCommand, DescribeUsersCommand } from '@aws-sdk/client-memorydb';
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
} from '@aws-sdk/client-rds';
import { CreateBucketCommand, HeadBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { type Effect, type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { missingServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientsOf } from './clients.js';

const missing = missingServer('moto_server');

describe.skipIf(missing !== undefined)(`faults of the fake AWS${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let aws: FakeAws;
  let clients: ReturnType<typeof clientsOf>;
  beforeAll(async () => {
    aws = await startFakeAws();
    clients = clientsOf(aws);
  });
  beforeEach(() => aws.reset());
  afterAll(() => aws[Symbol.asyncDispose]());

  const parameters = { DBParameterGroupName: 'p', DBParameterGroupFamily: 'mysql8.4', Description: 'd' };
  const user = {
    UserName: 'jfs',
    AccessString: 'on ~* +@all',
    AuthenticationMode: { Type: 'password' as const, Passwords: ['a-password-of-sixteen'] },
  };
  const everyProtocol = (effect: Effect): Promise<string[]> => {
    aws.script({ on: '*', times: Number.POSITIVE_INFINITY, effect });
    const calls = [
      clients.rds.send(new CreateDBParameterGroupCommand(parameters)),
      clients.elasticache.send(new DescribeReplicationGroupsCommand({})),
      clients.memorydb.send(new CreateUserCommand(user)),
      clients.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'g', Description: 'd' })),
      clients.s3.send(new CreateBucketCommand({ Bucket: 'holdfast-bucket' })),
    ];
    return Promise.all(
      calls.map((call) =>
        call.then(
          () => 'no error',
          (error: unknown) => (error as Error).name,
        ),
      ),
    );
  };

  it('refuses in the words of each service, and nothing is made', async () => {
    const names = await everyProtocol({ kind: 'deny' });
    expect(names.join(' ')).toBe('AccessDenied AccessDenied AccessDeniedException UnauthorizedOperation AccessDenied');
    expect(await aws.inventory()).toEqual([]);
  });

  it('throttles in the words of each service', async () => {
    const names = await everyProtocol({ kind: 'throttle' });
    expect(names.join(' ')).toBe('Throttling Throttling ThrottlingException RequestLimitExceeded SlowDown');
  });

  it('is throttled so often, and then answers: a client that tries again gets through', async () => {
    const rule = aws.script({ on: 'rds:Describe*', times: 2, effect: { kind: 'throttle' } });
    await clientsOf(aws, 3).rds.send(new DescribeDBInstancesCommand({}));
    expect(rule.used()).toBe(2);
    expect(aws.log().map(({ outcome }) => outcome)).toEqual([400, 400, 200]);
  });

  it('answers a page where the service is away', async () => {
    aws.script({ on: 'memorydb:*', effect: { kind: 'html', status: 502 } });
    await expect(clients.memorydb.send(new DescribeUsersCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
    await clients.memorydb.send(new DescribeUsersCommand({}));
  });

  it('cuts before and after the effect', async () => {
    aws.script({ on: 'rds:CreateDBParameterGroup', effect: { kind: 'cut', when: 'before' } });
    aws.script({ on: 'rds:CreateDBParameterGroup', effect: { kind: 'cut', when: 'after' } });
    const create = () => clients.rds.send(new CreateDBParameterGroupCommand(parameters));
    await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await aws.inventory()).toEqual([]);
    await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await aws.inventory()).toHaveLength(1);
    await expect(create()).rejects.toMatchObject({ name: 'DBParameterGroupAlreadyExistsFault' });
  });

  it('hangs until the client gives up', async () => {
    aws.script({ on: 's3:ListBuckets', effect: { kind: 'hang' } });
    const givingUp = new AbortController();
    const call = clients.s3.send(new ListBucketsCommand({}), { abortSignal: givingUp.signal });
    const outcome = expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => aws.log(), { timeout: 60_000 }).toMatchObject([{ operation: 'ListBuckets', outcome: 'hung' }]);
    givingUp.abort();
    await outcome;
  });

  it('begins after another call has succeeded, and for one resource alone', async () => {
    const fault = { kind: 'fault', code: 'DBParameterGroupNotFound', status: 404 } as const;
    aws.script({ on: 'rds:DescribeDBParameterGroups', resource: 'p', after: 'rds:CreateDBParameterGroup', effect: fault });
    const look = (name: string) => clients.rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: name }));
    await clients.rds.send(new DescribeDBParameterGroupsCommand({}));
    await clients.rds.send(new CreateDBParameterGroupCommand(parameters));
    await clients.rds.send(new CreateDBParameterGroupCommand({ ...parameters, DBParameterGroupName: 'q' }));
    await look('q');
    await expect(look('p')).rejects.toMatchObject({ name: 'DBParameterGroupNotFoundFault' });
    await look('p');
  });

  it.each([false, true])('answers no call after a number of them, until it resumes (last answer lost: %s)', async (loseLastAnswer) => {
    const reached = aws.cutAfter(2, { loseLastAnswer });
    const create = (name: string) => clients.rds.send(new CreateDBParameterGroupCommand({ ...parameters, DBParameterGroupName: name }));
    await create('a');
    const last = create('b');
    await (loseLastAnswer ? expect(last).rejects.toMatchObject({ code: 'ECONNRESET' }) : last);
    await reached;
    await expect(create('c')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(clients.s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await aws.inventory()).map(({ name }) => name)).toEqual(['a', 'b']);
    aws.resume();
    await create('c');
    expect(await aws.inventory()).toHaveLength(3);
  });

  it('gives a name to one of two who ask at once, and makes nothing for the other', async () => {
    const instance = { DBInstanceIdentifier: 'meta', DBInstanceClass: 'db.t4g.micro', Engine: 'mysql', AllocatedStorage: 20 };
    const master = { MasterUsername: 'owner', ManageMasterUserPassword: true };
    const both = await Promise.allSettled([1, 2].map(() => clients.rds.send(new CreateDBInstanceCommand({ ...instance, ...master }))));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await aws.inventory()).map(({ type }) => type)).toEqual(['rds:DBInstance', 'secretsmanager:Secret']);
  });

  it('starts again from nothing', async () => {
    aws.script({ on: '*', times: Number.POSITIVE_INFINITY, effect: { kind: 'deny' } });
    await expect(clients.s3.send(new HeadBucketCommand({ Bucket: 'b-b-b' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await aws.reset();
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'holdfast-bucket' }));
    await aws.reset();
    expect([aws.calls(), await aws.inventory()]).toEqual([[], []]);
  });

  it('refuses who signs nothing', async () => {
    const response = await fetch(aws.endpoint);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('MissingAuthenticationToken')]);
    expect((await clients.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });
});
