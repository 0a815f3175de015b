import type { Parameters } from '../aws-call.js';
import type { Phase } from '../lifecycle.js';
import type { Structure } from '../write-xml.js';
import type { Endpoint } from './endpoint.js';
import { flag, numberOf, text } from './parameters.js';
import { writeDbSubnetGroup } from './rds-subnet-group.js';
import { type Resource, stateOf } from './resource-store.js';
import type { KeptSubnetGroup } from './subnet-groups.js';
import { tagList } from './tags.js';

/** What RDS keeps of an instance. */
export interface KeptInstance {
  /** Of its creation, and of what changed it. */
  readonly parameters: Parameters;
  readonly engine: string;
  readonly subnetGroup: Resource<KeptSubnetGroup> | undefined;
  readonly parameterGroup: string;
  readonly securityGroups: readonly string[];
  readonly endpoint: Endpoint;
  /** The managed password's secret. */
  readonly secretArn: string | undefined;
}

const versions: Readonly<Record<string, string>> = { mysql: '8.4.6', mariadb: '11.4.8', postgres: '17.6' };

export function defaultPort(engine: string): number {
  return engine === 'postgres' ? 5432 : 3306;
}

/** An instance as a description shows it: without an endpoint as long as it is being made. */
export function writeInstance(resource: Resource<KeptInstance>, phase: Phase): Structure {
  const { kept, name, region } = resource;
  const { parameters } = kept;
  const isReached = phase === 'ready' || phase === 'deleting';
  return {
    DBInstanceIdentifier: name,
    DBInstanceClass: text(parameters, 'DBInstanceClass'),
    Engine: kept.engine,
    DBInstanceStatus: stateOf(resource, phase),
    MasterUsername: text(parameters, 'MasterUsername'),
    DBName: text(parameters, 'DBName'),
    Endpoint: isReached ? { Address: kept.endpoint.host, Port: kept.endpoint.port, HostedZoneId: 'Z2R2ITUGPM61AM' } : undefined,
    AllocatedStorage: numberOf(parameters, 'AllocatedStorage', 20),
    InstanceCreateTime: isReached ? resource.made : undefined,
    PreferredBackupWindow: '04:00-04:30',
    BackupRetentionPeriod: numberOf(parameters, 'BackupRetentionPeriod', 1),
    DBSecurityGroups: [],
    VpcSecurityGroups: kept.securityGroups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
    DBParameterGroups: [{ DBParameterGroupName: kept.parameterGroup, ParameterApplyStatus: 'in-sync' }],
    AvailabilityZone: isReached ? (text(parameters, 'AvailabilityZone') ?? `${region}a`) : undefined,
    DBSubnetGroup: kept.subnetGroup === undefined ? undefined : writeDbSubnetGroup(kept.subnetGroup),
    PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
    MultiAZ: flag(parameters, 'MultiAZ', false),
    EngineVersion: text(parameters, 'EngineVersion') ?? versions[kept.engine],
    AutoMinorVersionUpgrade: flag(parameters, 'AutoMinorVersionUpgrade', true),
    LicenseModel: kept.engine === 'postgres' ? 'postgresql-license' : 'general-public-license',
    PubliclyAccessible: flag(parameters, 'PubliclyAccessible', false),
    StorageType: text(parameters, 'StorageType') ?? 'gp2',
    DbInstancePort: 0,
    StorageEncrypted: flag(parameters, 'StorageEncrypted', false),
    KmsKeyId: text(parameters, 'KmsKeyId'),
    DbiResourceId: `db-${Buffer.from(name).toString('hex').toUpperCase().padEnd(26, 'A').slice(0, 26)}`,
    CACertificateIdentifier: text(parameters, 'CACertificateIdentifier') ?? 'rds-ca-rsa2048-g1',
    CopyTagsToSnapshot: flag(parameters, 'CopyTagsToSnapshot', false),
    DBInstanceArn: resource.arn,
    IAMDatabaseAuthenticationEnabled: flag(parameters, 'EnableIAMDatabaseAuthentication', false),
    PerformanceInsightsEnabled: flag(parameters, 'EnablePerformanceInsights', false),
    DeletionProtection: flag(parameters, 'DeletionProtection', false),
    TagList: tagList(resource),
    NetworkType: 'IPV4',
    MasterUserSecret:
      kept.secretArn === undefined
        ? undefined
        : {
            SecretArn: kept.secretArn,
            SecretStatus: isReached ? 'active' : 'creating',
            KmsKeyId: `arn:aws:kms:${region}:123456789012:key/aws-secretsmanager`,
          },
  };
}
