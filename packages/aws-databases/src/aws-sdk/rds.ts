import type { CreateDBInstanceCommandInput, DBInstance } from '@aws-sdk/client-rds';
import type { RdsInstance, RdsInstanceSpec, RdsPort } from '../client.js';
import { asked, created, found, once, removed, sendOptions, tagList, tagRecord } from './call.js';
import { type AwsClientOptions, clientOptions } from './client-options.js';
import { lastMessage } from './last-message.js';

export function rdsPort(options: AwsClientOptions): RdsPort {
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-rds');
    return { sdk, client: new sdk.RDSClient(clientOptions(options)) };
  });
  return {
    instances: {
      find: async (name, call) =>
        found({ call: 'rds:DescribeDBInstances', resource: name }, async () => {
          const { sdk, client } = await load();
          const { DBInstances = [] } = await client.send(new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: name }), sendOptions(call));
          return DBInstances[0] && toInstance(DBInstances[0]);
        }),
      create: async (spec, call) =>
        created({ call: 'rds:CreateDBInstance', resource: spec.name }, async () => {
          const { sdk, client } = await load();
          const { DBInstance: made } = await client.send(new sdk.CreateDBInstanceCommand(inputOf(spec)), sendOptions(call));
          return toInstance({ DBInstanceStatus: 'creating', Engine: spec.engine, TagList: tagList(spec.tags), ...made });
        }),
      remove: async (name, call) =>
        removed({ call: 'rds:DeleteDBInstance', resource: name }, async () => {
          const { sdk, client } = await load();
          const command = new sdk.DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true });
          return client.send(command, sendOptions(call));
        }),
    },
    subnetGroups: {
      find: async (name, call) =>
        found({ call: 'rds:DescribeDBSubnetGroups', resource: name }, async () => {
          const { sdk, client } = await load();
          const { DBSubnetGroups = [] } = await client.send(new sdk.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name }), sendOptions(call));
          return DBSubnetGroups[0] && { name, description: DBSubnetGroups[0].DBSubnetGroupDescription ?? '' };
        }),
      create: async ({ name, description, subnets, tags }, call) =>
        created({ call: 'rds:CreateDBSubnetGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          const input = { DBSubnetGroupName: name, DBSubnetGroupDescription: description, SubnetIds: [...subnets], Tags: tagList(tags) };
          await client.send(new sdk.CreateDBSubnetGroupCommand(input), sendOptions(call));
          return { name, description };
        }),
      remove: async (name, call) =>
        removed({ call: 'rds:DeleteDBSubnetGroup', resource: name }, async () => {
          const { sdk, client } = await load();
          return client.send(new sdk.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: name }), sendOptions(call));
        }),
    },
    lastEvent: async (name, call) =>
      asked({ call: 'rds:DescribeEvents', resource: name }, async () => {
        const { sdk, client } = await load();
        const { Events = [] } = await client.send(
          new sdk.DescribeEventsCommand({ SourceIdentifier: name, SourceType: 'db-instance', Duration: 1440 }),
          sendOptions(call),
        );
        return lastMessage(Events);
      }),
  };
}

function inputOf(spec: RdsInstanceSpec): CreateDBInstanceCommandInput {
  return {
    DBInstanceIdentifier: spec.name,
    Engine: spec.engine,
    DBInstanceClass: spec.instanceClass,
    AllocatedStorage: spec.storageGib,
    StorageType: 'gp3',
    StorageEncrypted: true,
    PubliclyAccessible: false,
    MultiAZ: spec.multiAz,
    BackupRetentionPeriod: spec.backupDays,
    AutoMinorVersionUpgrade: true,
    CopyTagsToSnapshot: true,
    MasterUsername: spec.masterUser,
    ...(spec.masterPassword === undefined ? { ManageMasterUserPassword: true } : { MasterUserPassword: spec.masterPassword }),
    Port: spec.port,
    DBSubnetGroupName: spec.subnetGroup,
    VpcSecurityGroupIds: [...spec.securityGroups],
    Tags: tagList(spec.tags),
    ...(spec.version === undefined ? {} : { EngineVersion: spec.version }),
    ...(spec.kmsKey === undefined ? {} : { KmsKeyId: spec.kmsKey }),
  };
}

function toInstance({
  DBInstanceArn = '',
  DBInstanceStatus = 'unknown',
  Engine = '',
  Endpoint,
  MasterUsername = '',
  MasterUserSecret,
  TagList,
}: DBInstance): RdsInstance {
  const { SecretArn, SecretStatus = '' } = MasterUserSecret ?? {};
  return {
    arn: DBInstanceArn,
    state: DBInstanceStatus,
    engine: Engine,
    host: Endpoint?.Address,
    port: Endpoint?.Port,
    masterUser: MasterUsername,
    masterSecret: SecretArn === undefined ? undefined : { arn: SecretArn, state: SecretStatus },
    tags: tagRecord(TagList),
  };
}
