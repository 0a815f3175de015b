import type { AwsCall, Parameters, Protocol, RawRequest } from './aws-call.js';
import { parseJson } from './parse-json.js';
import { queryParameters } from './query-parameters.js';
import { recogniseEfs } from './recognise-efs.js';
import { recogniseS3 } from './recognise-s3.js';

/** Names for signing that differ from those of the command line. */
const otherNames: Readonly<Record<string, string>> = { elasticfilesystem: 'efs', 'memory-db': 'memorydb' };

const json = new Set(['memorydb', 'secretsmanager', 'fsx', 'kms', 'ssm', 'logs', 'ecs', 'dynamodb']);

/** What a request asks for; undefined where it is signed by nobody, which AWS refuses, too. */
export function recogniseCall(request: RawRequest): AwsCall | undefined {
  const scope = signedScope(request);
  if (scope === undefined) return undefined;
  const service = otherNames[scope.service] ?? scope.service;
  const base = { service, region: scope.region };
  if (service === 's3') return { ...base, protocol: 's3', parameters: {}, ...recogniseS3(request) };
  if (json.has(service)) return { ...base, ...recogniseJson(request) };
  if (service === 'efs') return { ...base, ...recogniseEfs(request) };
  if (!(request.headers['content-type'] ?? '').includes('form-urlencoded')) {
    return { ...base, protocol: 'rest-json', operation: `${request.method} ${request.path}`, resource: undefined, parameters: {} };
  }
  const parameters = queryParameters(request.body.toString());
  const protocol: Protocol = service === 'ec2' ? 'ec2' : 'query';
  return { ...base, protocol, operation: text(parameters['Action']) ?? 'Unknown', resource: namedIn(parameters), parameters };
}

/** Region and service, as the signature says them: in a header, or in the query of an address that was signed beforehand. */
function signedScope(request: RawRequest): { region: string; service: string } | undefined {
  const signed = `${request.headers['authorization'] ?? ''} ${decodeURIComponent(/X-Amz-Credential=[^&]*/.exec(request.path)?.[0] ?? '')}`;
  const [, region, service] = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(signed) ?? [];
  return region === undefined || service === undefined ? undefined : { region, service };
}

function recogniseJson(request: RawRequest): Omit<AwsCall, 'service' | 'region'> {
  const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? 'Unknown';
  const parameters = parseJson(request.body.toString());
  return { protocol: 'json', operation, resource: namedIn(parameters), parameters };
}

/** The parameters that name what a call is about, the closest first: an instance before the subnet group that it lies in. */
const naming = (
  'DBInstanceIdentifier ReplicationGroupId ClusterName UserGroupId UserId ACLName UserName ' +
  'DBSubnetGroupName DBParameterGroupName CacheSubnetGroupName CacheParameterGroupName SubnetGroupName ParameterGroupName ' +
  'SecretId FileSystemId GroupId GroupName RoleName ResourceName ResourceArn Name SourceIdentifier'
).split(' ');

function namedIn(parameters: Parameters): string | undefined {
  for (const name of naming) {
    const value = parameters[name];
    const first = Array.isArray(value) ? text(value[0]) : text(value);
    if (first !== undefined) return first;
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
