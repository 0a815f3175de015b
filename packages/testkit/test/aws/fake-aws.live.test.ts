import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateCacheParameterGroupCommand,
  CreateCacheSubnetGroupCommand,
  CreateUserCommand as CreateCacheUserCommand,
  CreateReplicationGroupCommand,
  CreateUserGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeCacheParametersCommand,
  DescribeUsersCommand as DescribeCacheUsersCommand,
  DescribeReplicationGroupsCommand,
  ListTagsForResourceCommand,
  ModifyCacheParameterGroupCommand,
} from '@aws-sdk/client-elasticache';
import {
  CreateACLCommand,
  CreateClusterCommand,
  CreateSubnetGroupCommand,
  CreateUserCommand,
  DeleteACLCommand,
  DeleteClusterCommand,
  DeleteUserCommand,
  DescribeClustersCommand,
  DescribeParametersCommand,
  ListTagsCommand,
} from '@aws-sdk/client-memorydb';
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  DeleteDBInstanceCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
} from '@aws-sdk/client-rds';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { missingServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientsOf } from './clients.js';

const missing = missingServer('moto_server');

describe.skipIf(missing !== undefined)(`the fake AWS${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let aws: FakeAws;
  let clients: ReturnType<typeof clientsOf>;
  beforeAll(async () => {
    aws = await startFakeAws({ endpoints: { rds: { host: '127.0.0.1', port: 3306, masterPassword: 'the-real-one' } } });
    clients = clientsOf(aws);
  });
  beforeEach(() => aws.reset());
  afterAll(() => aws[Symbol.asyncDispose]());

  const subnetIds = async (): Promise<string[]> => (await aws.subnets()).slice(0, 2);
  const securityGroup = async (): Promise<string> => {
    const { Vpcs = [] } = await clients.ec2.send(new DescribeVpcsCommand({}));
    const made = await clients.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'holdfast-db', Description: 'd', VpcId: Vpcs[0]?.VpcId }));
    return made.GroupId ?? '';
  };
  const tags = [{ Key: 'holdfast', Value: 'yes' }];
  const instance = (more: object = {}): CreateDBInstanceCommand =>
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'Meta',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'mysql',
      AllocatedStorage: 20,
      MasterUsername: 'owner',
      ManageMasterUserPassword: true,
      ...more,
    });
  const described = async (): Promise<string | undefined> =>
    (await clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'meta' }))).DBInstances?.[0]?.DBInstanceStatus;

  it('makes a database in its network, with a secret, and takes it away again', async () => {
    const group = await securityGroup();
    await clients.rds.send(
      new CreateDBSubnetGroupCommand({ DBSubnetGroupName: 'nets', DBSubnetGroupDescription: 'n', SubnetIds: await subnetIds(), Tags: tags }),
    );
    const made = await clients.rds.send(
      instance({ DBSubnetGroupName: 'nets', VpcSecurityGroupIds: [group], Tags: tags, StorageEncrypted: true, DBName: 'jfs' }),
    );
    expect(made.DBInstance).toMatchObject({ DBInstanceIdentifier: 'meta', DBInstanceStatus: 'creating', DBName: 'jfs' });
    expect(made.DBInstance?.Endpoint).toBeUndefined();
    const { Subnets } = await clients.ec2.send(new DescribeSubnetsCommand({}));
    expect(await aws.subnets()).toEqual(Subnets?.map(({ SubnetId }) => SubnetId));

    const { DBInstances } = await clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'meta' }));
    expect(DBInstances?.[0]).toMatchObject({
      DBInstanceStatus: 'available',
      Endpoint: { Address: '127.0.0.1', Port: 3306 },
      StorageEncrypted: true,
      TagList: tags,
      VpcSecurityGroups: [{ VpcSecurityGroupId: group, Status: 'active' }],
      DBSubnetGroup: { DBSubnetGroupName: 'nets' },
      MasterUserSecret: { SecretStatus: 'active' },
    });
    const secret = await clients.secrets.send(new GetSecretValueCommand({ SecretId: DBInstances?.[0]?.MasterUserSecret?.SecretArn }));
    expect(JSON.parse(secret.SecretString ?? '')).toEqual({ username: 'owner', password: 'the-real-one' });
    expect((await aws.inventory()).map(({ type }) => type).sort()).toEqual([
      'ec2:SecurityGroup',
      'rds:DBInstance',
      'rds:DBSubnetGroup',
      'secretsmanager:Secret',
    ]);

    await expect(clients.rds.send(instance())).rejects.toMatchObject({ name: 'DBInstanceAlreadyExistsFault' });
    await expect(clients.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: 'nets' }))).rejects.toMatchObject({
      name: 'InvalidDBSubnetGroupStateFault',
    });
    await expect(clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }))).rejects.toMatchObject({ name: 'DependencyViolation' });
    await clients.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'meta', SkipFinalSnapshot: true }));
    await expect(described()).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
    await clients.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: 'nets' }));
    await clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    expect(await aws.inventory()).toEqual([]);
  });

  it('shows the states that are scripted, and the reason of a failure as an event', async () => {
    aws.script({
      of: 'rds:DBInstance',
      absent: { polls: 1 },
      creating: { polls: 2 },
      deleting: { polls: 1 },
      fails: { state: 'failed', reason: 'no room' },
    });
    aws.script({ of: 'rds:DBParameterGroup', absent: { polls: 1 } });
    await clients.rds.send(new CreateDBParameterGroupCommand({ DBParameterGroupName: 'p', DBParameterGroupFamily: 'mysql8.4', Description: 'd' }));
    const early = clients.rds.send(instance({ DBParameterGroupName: 'p' }));
    await expect(early).rejects.toMatchObject({ name: 'DBParameterGroupNotFoundFault' });
    await clients.rds.send(instance({ DBParameterGroupName: 'p' }));
    await expect(described()).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
    await expect(clients.rds.send(instance())).rejects.toMatchObject({ name: 'DBInstanceAlreadyExistsFault' });
    expect([await described(), await described(), await described()]).toEqual(['creating', 'creating', 'failed']);
    const { Events } = await clients.rds.send(new DescribeEventsCommand({ SourceIdentifier: 'meta', SourceType: 'db-instance' }));
    expect(Events?.map(({ Message }) => Message)).toEqual(['no room']);
    await clients.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'meta', SkipFinalSnapshot: true }));
    expect(await described()).toBe('deleting');
    await expect(described()).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
  });

  it('makes a replication group with parameters, a token and tags', async () => {
    const { elasticache } = clients;
    await elasticache.send(
      new CreateCacheParameterGroupCommand({ CacheParameterGroupName: 'keep', CacheParameterGroupFamily: 'valkey8', Description: 'd' }),
    );
    const values = [{ ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' }];
    await elasticache.send(new ModifyCacheParameterGroupCommand({ CacheParameterGroupName: 'keep', ParameterNameValues: values }));
    const { Parameters } = await elasticache.send(new DescribeCacheParametersCommand({ CacheParameterGroupName: 'keep', Source: 'user' }));
    expect(Parameters).toMatchObject(values);
    await elasticache.send(
      new CreateCacheSubnetGroupCommand({ CacheSubnetGroupName: 'nets', CacheSubnetGroupDescription: 'n', SubnetIds: await subnetIds() }),
    );
    const group = {
      ReplicationGroupId: 'meta',
      ReplicationGroupDescription: 'd',
      Engine: 'valkey',
      CacheNodeType: 'cache.t4g.micro',
      CacheSubnetGroupName: 'nets',
      CacheParameterGroupName: 'keep',
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
      AuthToken: 'a-token-of-sixteen',
      TransitEncryptionEnabled: true,
      Tags: tags,
    };
    await expect(elasticache.send(new CreateReplicationGroupCommand({ ...group, TransitEncryptionEnabled: false }))).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
    });
    aws.script({ of: 'elasticache:ReplicationGroup', creating: { polls: 1 } });
    await elasticache.send(new CreateReplicationGroupCommand(group));
    await expect(elasticache.send(new CreateReplicationGroupCommand(group))).rejects.toMatchObject({ name: 'ReplicationGroupAlreadyExistsFault' });
    await expect(elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'meta' }))).rejects.toMatchObject({
      name: 'InvalidReplicationGroupStateFault',
    });
    const look = async () => (await elasticache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'meta' }))).ReplicationGroups?.[0];
    expect((await look())?.Status).toBe('creating');
    const ready = await look();
    expect(ready).toMatchObject({ Status: 'available', AuthTokenEnabled: true, TransitEncryptionEnabled: true, Engine: 'valkey' });
    expect(ready?.NodeGroups?.[0]?.PrimaryEndpoint).toMatchObject({ Port: 6379 });
    expect(ready?.MemberClusters).toEqual(['meta-001', 'meta-002']);
    const { CacheClusters } = await elasticache.send(new DescribeCacheClustersCommand({ CacheClusterId: 'meta-002' }));
    expect(CacheClusters?.map(({ CacheParameterGroup }) => CacheParameterGroup?.CacheParameterGroupName)).toEqual(['keep']);
    const listed = await elasticache.send(new ListTagsForResourceCommand({ ResourceName: ready?.ARN }));
    expect(listed.TagList).toEqual(tags);
    await elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'meta' }));
    await expect(look()).rejects.toMatchObject({ name: 'ReplicationGroupNotFoundFault' });
  });

  it('makes users of ElastiCache and groups of them', async () => {
    const { elasticache } = clients;
    const user = { UserId: 'jfs', UserName: 'jfs', Engine: 'redis', AccessString: 'on ~* +@all' };
    await expect(elasticache.send(new CreateCacheUserCommand({ ...user, Passwords: ['short'] }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await elasticache.send(new CreateCacheUserCommand({ ...user, AuthenticationMode: { Type: 'password', Passwords: ['a-password-of-sixteen'] } }));
    const { Users } = await elasticache.send(new DescribeCacheUsersCommand({ UserId: 'jfs' }));
    expect(Users?.[0]).toMatchObject({ Status: 'active', Authentication: { Type: 'password', PasswordCount: 1 } });
    await expect(elasticache.send(new CreateUserGroupCommand({ UserGroupId: 'g', Engine: 'redis', UserIds: ['jfs'] }))).rejects.toMatchObject({
      name: 'DefaultUserRequired',
    });
    const group = await elasticache.send(new CreateUserGroupCommand({ UserGroupId: 'g', Engine: 'redis', UserIds: ['jfs', 'default'] }));
    expect(group).toMatchObject({ Status: 'creating', UserIds: ['jfs', 'default'] });
  });

  it('makes a cluster of MemoryDB for the users of an access list, and deletes in the right order alone', async () => {
    const { memorydb } = clients;
    const { Parameters } = await memorydb.send(new DescribeParametersCommand({ ParameterGroupName: 'default.memorydb-valkey7' }));
    expect(Parameters).toEqual([{ Name: 'maxmemory-policy', Value: 'noeviction' }]);
    await memorydb.send(new CreateSubnetGroupCommand({ SubnetGroupName: 'nets', SubnetIds: await subnetIds() }));
    await memorydb.send(
      new CreateUserCommand({
        UserName: 'jfs',
        AccessString: 'on ~* &* +@all',
        AuthenticationMode: { Type: 'password', Passwords: ['a-password-of-sixteen'] },
      }),
    );
    const cluster = { ClusterName: 'meta', NodeType: 'db.t4g.small', ACLName: 'only', SubnetGroupName: 'nets', NumShards: 1, NumReplicasPerShard: 0 };
    await expect(memorydb.send(new CreateClusterCommand(cluster))).rejects.toMatchObject({ name: 'ACLNotFoundFault' });
    aws.script({ of: 'memorydb:ACL', creating: { ms: 60_000 }, times: 1 });
    await memorydb.send(new CreateACLCommand({ ACLName: 'slow', UserNames: ['jfs'] }));
    await expect(memorydb.send(new CreateClusterCommand({ ...cluster, ACLName: 'slow' }))).rejects.toMatchObject({ name: 'InvalidACLStateFault' });
    await memorydb.send(new DeleteACLCommand({ ACLName: 'slow' }));
    await memorydb.send(new CreateACLCommand({ ACLName: 'only', UserNames: ['jfs'] }));
    const made = await memorydb.send(new CreateClusterCommand(cluster));
    expect(made.Cluster).toMatchObject({ Status: 'creating', TLSEnabled: true, ACLName: 'only' });
    const look = async () => (await memorydb.send(new DescribeClustersCommand({ ClusterName: 'meta', ShowShardDetails: true }))).Clusters?.[0];
    const ready = await look();
    expect(ready).toMatchObject({ Status: 'available', ClusterEndpoint: { Port: 6379 }, NumberOfShards: 1 });
    expect(ready?.Shards?.[0]?.Nodes?.[0]?.CreateTime).toBeInstanceOf(Date);
    await expect(memorydb.send(new DeleteACLCommand({ ACLName: 'only' }))).rejects.toMatchObject({ name: 'InvalidACLStateFault' });
    await expect(memorydb.send(new DeleteUserCommand({ UserName: 'jfs' }))).rejects.toMatchObject({ name: 'InvalidUserStateFault' });
    await memorydb.send(new DeleteClusterCommand({ ClusterName: 'meta' }));
    await expect(look()).rejects.toMatchObject({ name: 'ClusterNotFoundFault' });
    await expect(memorydb.send(new ListTagsCommand({ ResourceArn: ready?.ARN }))).rejects.toMatchObject({ name: 'ClusterNotFoundFault' });
    await memorydb.send(new DeleteACLCommand({ ACLName: 'only' }));
    await memorydb.send(new DeleteUserCommand({ UserName: 'jfs' }));
    expect((await aws.inventory()).map(({ type }) => type)).toEqual(['memorydb:SubnetGroup']);
  });

  it('makes a bucket that is closed, encrypted and tagged, and says which operations were called', async () => {
    const { s3 } = clients;
    const bucket = { Bucket: 'holdfast-bucket' };
    await expect(s3.send(new HeadBucketCommand(bucket))).rejects.toMatchObject({ name: 'NotFound' });
    await s3.send(new CreateBucketCommand(bucket));
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    await s3.send(new PutPublicAccessBlockCommand({ ...bucket, PublicAccessBlockConfiguration }));
    expect(await s3.send(new GetPublicAccessBlockCommand(bucket))).toMatchObject({ PublicAccessBlockConfiguration });
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
    await s3.send(new PutBucketEncryptionCommand({ ...bucket, ServerSideEncryptionConfiguration: { Rules } }));
    expect(await s3.send(new GetBucketEncryptionCommand(bucket))).toMatchObject({ ServerSideEncryptionConfiguration: { Rules } });
    await s3.send(new PutBucketTaggingCommand({ ...bucket, Tagging: { TagSet: tags } }));
    expect((await s3.send(new GetBucketTaggingCommand(bucket))).TagSet).toEqual(tags);
    await s3.send(new PutObjectCommand({ ...bucket, Key: 'a/b', Body: 'content' }));
    const { Contents } = await s3.send(new ListObjectsV2Command({ ...bucket, Prefix: 'a/' }));
    expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['a/b', 7]]);
    expect(await aws.inventory()).toEqual([{ type: 's3:Bucket', name: 'holdfast-bucket', region: '' }]);
    await expect(s3.send(new DeleteBucketCommand(bucket))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'a/b' }));
    await s3.send(new DeleteBucketCommand(bucket));
    expect(await aws.inventory()).toEqual([]);
    const counts = aws.calls().map(({ operation, count }) => `${operation} ${count}`);
    expect(counts.slice(0, 3)).toEqual(['HeadBucket 1', 'CreateBucket 1', 'PutPublicAccessBlock 1']);
    expect(counts.slice(-3)).toEqual(['ListObjectsV2 1', 'DeleteBucket 2', 'DeleteObject 1']);
  });

  it('opens a security group once', async () => {
    const rule = { GroupId: await securityGroup(), IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, CidrIp: '10.0.0.0/8' };
    await clients.ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
    await expect(clients.ec2.send(new AuthorizeSecurityGroupIngressCommand(rule))).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    await expect(securityGroup()).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' });
  });
});
