import type { AwsCall, RawRequest } from './aws-call.js';
import { parseJson } from './parse-json.js';

/** Method, path without the version's date, operation. A star stands for one name. */
const table: readonly (readonly [string, RegExp, string])[] = [
  ['POST', /^file-systems$/, 'CreateFileSystem'],
  ['GET', /^file-systems$/, 'DescribeFileSystems'],
  ['PUT', /^file-systems\/([^/]+)$/, 'UpdateFileSystem'],
  ['DELETE', /^file-systems\/([^/]+)$/, 'DeleteFileSystem'],
  ['PUT', /^file-systems\/([^/]+)\/lifecycle-configuration$/, 'PutLifecycleConfiguration'],
  ['GET', /^file-systems\/([^/]+)\/lifecycle-configuration$/, 'DescribeLifecycleConfiguration'],
  ['PUT', /^file-systems\/([^/]+)\/policy$/, 'PutFileSystemPolicy'],
  ['GET', /^file-systems\/([^/]+)\/policy$/, 'DescribeFileSystemPolicy'],
  ['PUT', /^file-systems\/([^/]+)\/backup-policy$/, 'PutBackupPolicy'],
  ['POST', /^mount-targets$/, 'CreateMountTarget'],
  ['GET', /^mount-targets$/, 'DescribeMountTargets'],
  ['DELETE', /^mount-targets\/([^/]+)$/, 'DeleteMountTarget'],
  ['GET', /^mount-targets\/([^/]+)\/security-groups$/, 'DescribeMountTargetSecurityGroups'],
  ['PUT', /^mount-targets\/([^/]+)\/security-groups$/, 'ModifyMountTargetSecurityGroups'],
  ['POST', /^access-points$/, 'CreateAccessPoint'],
  ['GET', /^access-points$/, 'DescribeAccessPoints'],
  ['DELETE', /^access-points\/([^/]+)$/, 'DeleteAccessPoint'],
  ['GET', /^resource-tags\/([^/]+)$/, 'ListTagsForResource'],
  ['POST', /^resource-tags\/([^/]+)$/, 'TagResource'],
];

/** Operation and file system, mount target or access point of a request of EFS. */
export function recogniseEfs(request: RawRequest): Omit<AwsCall, 'service' | 'region'> {
  const url = new URL(request.path, 'http://efs');
  const path = url.pathname.replace(/^\/2015-02-01\//, '').replace(/\/$/, '');
  const parameters = { ...Object.fromEntries(url.searchParams), ...parseJson(request.body.toString()) };
  const found = table.find(([method, pattern]) => method === request.method && pattern.test(path));
  const named = found?.[1].exec(path)?.[1] ?? parameters['FileSystemId'] ?? parameters['CreationToken'];
  return {
    protocol: 'rest-json',
    operation: found?.[2] ?? `${request.method} ${path}`,
    resource: typeof named === 'string' ? named : undefined,
    parameters,
  };
}
