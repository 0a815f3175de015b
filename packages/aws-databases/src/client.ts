import type { CallOptions } from '@holdfast/core';

/**
 * What this package needs of AWS's SDKs, in its own words. Every call rejects with a HoldfastError (see errors.ts); absence is undefined.
 * `create` asks once and says `exists` where there is one of this name; `remove` asks for the removal, and absence is success.
 */
export interface NamedResources<Spec, Found> {
  find(name: string, call: CallOptions): Promise<Found | undefined>;
  create(spec: Spec, call: CallOptions): Promise<Found | 'exists'>;
  remove(name: string, call: CallOptions): Promise<void>;
}

export interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
}

export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly zone: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly description: string;
  /** What may come in, by port: security groups and ranges. */
  readonly allows: readonly { readonly port: number; readonly from: string }[];
}

export interface NetworkPort {
  subnets(ids: readonly string[], call: CallOptions): Promise<readonly Subnet[]>;
  /** Without a VPC: in whichever, one of this description before others. */
  findSecurityGroup(
    place: { readonly vpc: string | undefined; readonly name: string; readonly description: string },
    call: CallOptions,
  ): Promise<SecurityGroup | undefined>;
  createSecurityGroup(
    spec: Tagged & { readonly vpc: string; readonly name: string; readonly description: string },
    call: CallOptions,
  ): Promise<SecurityGroup | 'exists'>;
  /** A rule that is there already is success. */
  allow(group: string, rule: { readonly port: number; readonly from: string }, call: CallOptions): Promise<void>;
  removeSecurityGroup(id: string, call: CallOptions): Promise<void>;
}

export interface SecretFacts extends Tagged {
  readonly arn: string;
}

export interface SecretSpec extends Tagged {
  readonly name: string;
  readonly description: string;
  readonly kmsKey: string | undefined;
  readonly text: string;
}

export interface SecretsPort extends Pick<NamedResources<SecretSpec, SecretFacts>, 'find' | 'remove'> {
  /** `removing` where one of this name waits for its removal: `find` does not show it, and it keeps the name. */
  create(spec: SecretSpec, call: CallOptions): Promise<SecretFacts | 'exists' | 'removing'>;
  /** One that waits for its removal. */
  findRemoving(name: string, call: CallOptions): Promise<SecretFacts | undefined>;
  /** Takes its removal back, and gives it as it was. */
  restore(name: string, call: CallOptions): Promise<void>;
  /** The secret's text, which goes nowhere but to the server that it is for. */
  read(secret: string, call: CallOptions): Promise<string>;
}

export interface SubnetGroup {
  readonly name: string;
  readonly description: string;
}

export interface SubnetGroupSpec extends Tagged {
  readonly name: string;
  readonly description: string;
  readonly subnets: readonly string[];
}

export interface RdsInstance extends Tagged {
  readonly arn: string;
  readonly state: string;
  readonly engine: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly masterUser: string;
  /** Of the administrator's password, where RDS keeps it. */
  readonly masterSecret: { readonly arn: string; readonly state: string } | undefined;
}

export interface RdsInstanceSpec extends Tagged {
  readonly name: string;
  readonly engine: 'mysql' | 'postgres';
  readonly version: string | undefined;
  readonly instanceClass: string;
  readonly storageGib: number;
  readonly multiAz: boolean;
  readonly backupDays: number;
  readonly masterUser: string;
  /** Undefined: RDS makes, keeps and rotates it. */
  readonly masterPassword: string | undefined;
  readonly port: number;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly kmsKey: string | undefined;
}

/** The last that a service told of a resource: its reason, where it failed. Undefined where it told nothing. */
type LastEvent = (name: string, call: CallOptions) => Promise<string | undefined>;

export interface RdsPort {
  readonly subnetGroups: NamedResources<SubnetGroupSpec, SubnetGroup>;
  readonly instances: NamedResources<RdsInstanceSpec, RdsInstance>;
  readonly lastEvent: LastEvent;
}

export interface ParameterGroup {
  readonly name: string;
  readonly description: string;
}

export interface ParameterGroups
  extends NamedResources<Tagged & { readonly name: string; readonly family: string; readonly description: string }, ParameterGroup> {
  /** Of the group; undefined where it has no such parameter. */
  read(group: string, parameter: string, call: CallOptions): Promise<string | undefined>;
}

export interface ReplicationGroup {
  readonly arn: string;
  readonly description: string;
  readonly state: string;
  readonly cluster: boolean;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly encryptsTransit: boolean;
}

export interface ReplicationGroupSpec extends Tagged {
  readonly name: string;
  readonly description: string;
  readonly engine: string;
  readonly version: string;
  readonly nodeType: string;
  readonly replicas: number;
  readonly parameterGroup: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly password: string;
  readonly kmsKey: string | undefined;
}

export interface ElasticachePort {
  readonly subnetGroups: NamedResources<SubnetGroupSpec, SubnetGroup>;
  readonly parameterGroups: ParameterGroups & { set(group: string, parameter: string, value: string, call: CallOptions): Promise<void> };
  readonly replicationGroups: NamedResources<ReplicationGroupSpec, ReplicationGroup>;
  /** The parameter group of its nodes; undefined where it has none yet. */
  readonly parameterGroupOf: (replicationGroup: string, call: CallOptions) => Promise<string | undefined>;
  readonly lastEvent: LastEvent;
}

export interface MemorydbUser extends Tagged {
  readonly arn: string;
  readonly state: string;
}

export interface Acl extends Tagged {
  readonly arn: string;
  readonly state: string;
  readonly users: readonly string[];
}

export interface MemorydbCluster {
  readonly arn: string;
  readonly description: string;
  readonly state: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly acl: string | undefined;
  readonly encryptsTransit: boolean;
  readonly parameterGroup: string | undefined;
}

export interface MemorydbClusterSpec extends Tagged {
  readonly name: string;
  readonly description: string;
  readonly engine: string;
  readonly version: string;
  readonly nodeType: string;
  readonly replicas: number;
  readonly acl: string;
  readonly parameterGroup: string | undefined;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly port: number;
  readonly kmsKey: string | undefined;
}

export interface MemorydbPort {
  readonly subnetGroups: NamedResources<SubnetGroupSpec, SubnetGroup>;
  readonly users: NamedResources<Tagged & { readonly name: string; readonly password: string }, MemorydbUser>;
  readonly acls: NamedResources<Tagged & { readonly name: string; readonly users: readonly string[] }, Acl>;
  readonly clusters: NamedResources<MemorydbClusterSpec, MemorydbCluster>;
  readParameter(group: string, parameter: string, call: CallOptions): Promise<string | undefined>;
  readonly lastEvent: LastEvent;
}

/** Where a session leads to. The server's certificate is always verified. */
export interface SqlTarget {
  readonly engine: 'mysql' | 'postgres';
  readonly host: string;
  readonly port: number;
  /** Undefined: the one of the server's own that every administrator may use. */
  readonly database: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly caFile: string;
}

export interface SqlSession extends AsyncDisposable {
  /** Rejects with the server's own error, whose `code` is an SQLSTATE or the name of an error of MySQL; it may hold the statement. */
  query(sql: string, parameters?: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export interface SqlPort {
  /** Rejects with kind `permission` where the server does not let in, `not-found` where it has no such database, `unavailable` where it does not answer. */
  connect(target: SqlTarget, call: CallOptions): Promise<SqlSession>;
}

export interface DatabasePorts {
  readonly network: NetworkPort;
  readonly secrets: SecretsPort;
  readonly rds: RdsPort;
  readonly elasticache: ElasticachePort;
  readonly memorydb: MemorydbPort;
  readonly sql: SqlPort;
  /** The text of a page, by HTTPS. */
  readonly fetchText: (url: string, call: CallOptions) => Promise<string>;
}
