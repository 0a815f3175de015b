import type { IncomingHttpHeaders } from 'node:http';

/** How a service writes its requests and answers on the wire. */
export type Protocol = 'query' | 'ec2' | 'json' | 's3' | 'rest-json';

/** What a request to AWS asks for. */
export interface AwsCall {
  /** As AWS's command line names it: `rds`, `elasticache`, `memorydb`, `ec2`, `s3`, `secretsmanager`, `efs`, `fsx`, `iam`, … */
  readonly service: string;
  /** As the API names it, for example `CreateDBInstance`. */
  readonly operation: string;
  readonly protocol: Protocol;
  readonly region: string;
  /** The name, identifier, bucket or ARN that the call is about, where it says one. */
  readonly resource: string | undefined;
  readonly parameters: Parameters;
}

/** A request's parameters: of XML protocols every leaf is a string. Empty for S3. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A request as it comes: what is recognised, and what is sent on. */
export interface RawRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Whether a call only reads: such calls need not wait for one another. */
export function onlyReads(operation: string): boolean {
  return /^(Describe|List|Get|Head)/.test(operation);
}

/** Headers as HTTP has them, with one value each. */
export function flatHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) flat.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''));
  return Object.fromEntries(flat);
}
