import type { CallCount, CallRecord } from './call-log.js';
import type { EndpointSources } from './databases/endpoint.js';
import type { CutOptions } from './gate.js';
import type { InventoryItem } from './inventory.js';
import type { Rule, ScriptedRule } from './rule.js';

/** What a client of an SDK is made with, to speak to a fake AWS. */
export interface FakeAwsClient {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface FakeAwsOptions {
  /**
   * Where the databases that are made can really be reached, by service. A function is called while the database is being created and may make its
   * users on a server of this machine first. Default: names that lead nowhere.
   */
  readonly endpoints?: EndpointSources;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/**
 * AWS's control plane on this machine, for tests: one address that speaks the protocols of all services.
 *
 * - RDS (instances of MySQL, MariaDB and PostgreSQL, with managed passwords), ElastiCache (replication groups, users) and MemoryDB (clusters,
 *   users, access lists), each with its groups of subnets and parameters and its tags, are kept here: they have states, as AWS has. What is known
 *   of them is what Holdfast calls; any other call is answered `InvalidAction`.
 * - Everything else (EC2, S3, Secrets Manager, IAM, EFS, …) is answered by moto's server behind it.
 * - A call that changes something waits for the one before it at the same service, so that two at once end as they do at AWS: one of them loses.
 * - It is a stand-in: what passes here is not proven at AWS.
 */
export interface FakeAws extends AsyncDisposable {
  /** Of all services: `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** To be spread into the options of any client of the AWS SDK. */
  readonly client: FakeAwsClient;
  /** The same for another process: `AWS_ENDPOINT_URL` and what goes with it. Keys are no secrets here. */
  readonly environment: Readonly<Record<string, string>>;

  /** How often each operation was called, in the order of the first calls; those without an answer, too. */
  calls(): readonly CallCount[];
  /** Every call in the order of coming, with what became of it. */
  log(): readonly CallRecord[];

  /**
   * From now on it does what the rule says. For example:
   *
   * - `{ on: 'rds:CreateDBInstance', times: 2, effect: { kind: 'throttle' } }`
   * - `{ on: 'ec2:AuthorizeSecurityGroupIngress', after: 'ec2:CreateSecurityGroup', effect: { kind: 'fault', code: 'InvalidGroup.NotFound' } }`
   * - `{ on: 's3:CreateBucket', effect: { kind: 'cut', when: 'after' } }`: the bucket is there, and the caller does not know
   * - `{ of: 'rds:DBInstance', absent: { polls: 1 }, creating: { ms: 500 } }`
   * - `{ of: 'memorydb:Cluster', creating: { polls: 2 }, fails: { state: 'create-failed', reason: 'no capacity' } }`: the reason is an event
   */
  script(rule: Rule): ScriptedRule;

  /**
   * Lets so many calls more be answered, and then ends every connection without an answer, also new ones, until `resume`: what a client that
   * is killed after that call leaves behind. Resolves when it begins.
   */
  cutAfter(calls: number, options?: CutOptions): Promise<void>;
  resume(): void;

  /** The subnets of the network that an account has from its beginning, by their zones: others after each `reset`. */
  subnets(): Promise<readonly string[]>;

  /** Every resource that is there now, in all regions that were called. */
  inventory(): Promise<readonly InventoryItem[]>;

  /** As if it had just been started: no resources, rules or calls. */
  reset(): Promise<void>;
}
