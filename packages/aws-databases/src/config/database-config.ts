/** Which of AWS's services keeps the data. */
export type DatabaseService = 'rdsMysql' | 'rdsPostgres' | 'elasticache' | 'memorydb';

export const databaseServices: readonly DatabaseService[] = ['rdsMysql', 'rdsPostgres', 'elasticache', 'memorydb'];

/** What it is for: one of a catalog is never one of a volume, whose names are its snapshots. */
export type DatabasePurpose = 'catalog' | 'volume';

export interface DatabaseIdentity {
  /** All names and marks are made of it: the same name and purpose are the same database, for every rerun and every machine. */
  readonly name: string;
  readonly purpose: DatabasePurpose;
}

/** Where it lies, and who may reach it. Empty where a database is adopted. */
export interface NetworkConfig {
  /** At least two, in different zones of one VPC. */
  readonly subnets: readonly string[];
  /** Given ones, in place of one that is made. */
  readonly securityGroups: readonly string[];
  /** Who is let in by the one that is made. */
  readonly clientSecurityGroups: readonly string[];
  readonly clientCidrs: readonly string[];
}

export interface CommonConfig extends DatabaseIdentity {
  /** Undefined: as the SDK finds it, by variable or profile. */
  readonly region: string | undefined;
  /** The identifier of one that is there and is used as it is; it is never removed. */
  readonly adopt: string | undefined;
  readonly network: NetworkConfig;
  readonly tags: Readonly<Record<string, string>>;
  /** Customer's key for what lies on disk; undefined: the service's own. */
  readonly kmsKey: string | undefined;
  /** How long it may take to become ready. Default 1h. */
  readonly timeoutMs: number;
}

export interface RdsConfig extends CommonConfig {
  readonly service: 'rdsMysql' | 'rdsPostgres';
  /** Default db.t4g.small. */
  readonly instanceClass: string;
  /** Undefined: RDS's own default. */
  readonly version: string | undefined;
  /** Default 20. */
  readonly storageGib: number;
  /** A second one in another zone that takes over. Default false. */
  readonly multiAz: boolean;
  /** Automatic backups are kept so long. Default 7. */
  readonly backupDays: number;
  readonly database: string;
  readonly user: string;
  /** Undefined: RDS makes and rotates the administrator's password. */
  readonly masterPasswordSecret: string | undefined;
  /** Undefined: RDS's bundle is fetched into the state directory. */
  readonly tlsCaFile: string | undefined;
}

interface KeyValueConfig extends CommonConfig {
  readonly nodeType: string;
  /** Default valkey. */
  readonly engine: 'valkey' | 'redis';
  readonly version: string;
  /** Beside the primary. Default 1. */
  readonly replicas: number;
  /** Undefined: one is made that does not evict (ElastiCache), or the service's own, which does not (MemoryDB). */
  readonly parameterGroup: string | undefined;
  /** Default `default` of ElastiCache, where a password is all that there is; else `holdfast-NAME`. */
  readonly user: string;
  /** Of one that is adopted; else a secret is made. */
  readonly passwordSecret: string | undefined;
}

export interface ElasticacheConfig extends KeyValueConfig {
  readonly service: 'elasticache';
}

export interface MemorydbConfig extends KeyValueConfig {
  readonly service: 'memorydb';
}

export type DatabaseConfig = RdsConfig | ElasticacheConfig | MemorydbConfig;
