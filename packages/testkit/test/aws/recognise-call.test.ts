import { describe, expect, it } from 'vitest';
import { queryParameters } from '../../src/aws/query-parameters.js';
import { recogniseCall } from '../../src/aws/recognise-call.js';

const signed = (service: string, region = 'eu-west-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function named(service: string, method: string, path: string, body = '', headers: Record<string, string> = {}): unknown[] {
  const call = recogniseCall({ method, path, headers: { ...signed(service), ...headers }, body: Buffer.from(body) });
  return [call?.service, call?.operation, call?.resource];
}

describe('recogniseCall', () => {
  it('reads the query protocols', () => {
    const body = 'Action=CreateDBInstance&Version=2014-10-31&DBSubnetGroupName=nets&DBInstanceIdentifier=meta';
    expect(named('rds', 'POST', '/', body, form)).toEqual(['rds', 'CreateDBInstance', 'meta']);
    expect(named('ec2', 'POST', '/', 'Action=DescribeSecurityGroups&GroupName.1=g', form)).toEqual(['ec2', 'DescribeSecurityGroups', 'g']);
  });

  it('reads JSON, the service by its signature', () => {
    const target = { 'x-amz-target': 'AmazonMemoryDB.CreateACL' };
    expect(named('memorydb', 'POST', '/', '{"ACLName":"only","UserNames":["a"]}', target)).toEqual(['memorydb', 'CreateACL', 'only']);
    expect(recogniseCall({ method: 'POST', path: '/', headers: { ...signed('fsx'), ...target }, body: Buffer.alloc(0) })).toMatchObject({
      protocol: 'json',
      region: 'eu-west-1',
      parameters: {},
    });
  });

  it.each([
    ['GET', '/', 'ListBuckets', undefined],
    ['PUT', '/b', 'CreateBucket', 'b'],
    ['HEAD', '/b/', 'HeadBucket', 'b'],
    ['PUT', '/b?publicAccessBlock=', 'PutPublicAccessBlock', 'b'],
    ['GET', '/b?encryption', 'GetBucketEncryption', 'b'],
    ['DELETE', '/b?tagging', 'DeleteBucketTagging', 'b'],
    ['GET', '/b?list-type=2&prefix=a%2F', 'ListObjectsV2', 'b'],
    ['GET', '/b?versions', 'ListObjectVersions', 'b'],
    ['POST', '/b?delete', 'DeleteObjects', 'b'],
    ['PUT', '/b/k/l?x-id=PutObject', 'PutObject', 'b'],
    ['PUT', '/b/k?partNumber=1&uploadId=u', 'UploadPart', 'b'],
    ['POST', '/b/k?uploads', 'CreateMultipartUpload', 'b'],
    ['POST', '/b/k?uploadId=u', 'CompleteMultipartUpload', 'b'],
    ['GET', '/b/k', 'GetObject', 'b'],
  ])('reads S3: %s %s is %s', (method, path, operation, bucket) => {
    expect(named('s3', method, path)).toEqual(['s3', operation, bucket]);
  });

  it('reads an address that was signed beforehand', () => {
    const path = '/b/k?X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0';
    expect(recogniseCall({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) })).toMatchObject({ service: 's3', operation: 'GetObject' });
  });

  it.each([
    ['POST', '/2015-02-01/file-systems', 'CreateFileSystem', 'token'],
    ['GET', '/2015-02-01/file-systems?FileSystemId=fs-1', 'DescribeFileSystems', 'fs-1'],
    ['PUT', '/2015-02-01/file-systems/fs-1/lifecycle-configuration', 'PutLifecycleConfiguration', 'fs-1'],
    ['DELETE', '/2015-02-01/mount-targets/fsmt-1', 'DeleteMountTarget', 'fsmt-1'],
  ])('reads EFS: %s %s is %s', (method, path, operation, name) => {
    expect(named('elasticfilesystem', method, path, method === 'POST' ? '{"CreationToken":"token"}' : '')).toEqual(['efs', operation, name]);
  });

  it('knows nobody without a signature', () => {
    expect(recogniseCall({ method: 'GET', path: '/b', headers: {}, body: Buffer.alloc(0) })).toBeUndefined();
  });
});

describe('queryParameters', () => {
  it('makes lists of numbered names, in their order, whatever stands before the numbers', () => {
    const body = 'SubnetIds.SubnetIdentifier.2=b&SubnetIds.SubnetIdentifier.1=a&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v&UserIds.member.1=u&GroupId.1=g';
    expect(queryParameters(body)).toEqual({ SubnetIds: ['a', 'b'], Tags: [{ Key: 'k', Value: 'v' }], UserIds: ['u'], GroupId: ['g'] });
  });

  it('keeps the name of the only list in a structure', () => {
    expect(queryParameters('AuthenticationMode.Passwords.member.1=p&IpPermissions.1.Groups.1.GroupId=g')).toEqual({
      AuthenticationMode: { Passwords: ['p'] },
      IpPermissions: [{ Groups: [{ GroupId: 'g' }] }],
    });
  });
});
