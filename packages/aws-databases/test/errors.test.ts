import { fromAwsError, isAbsent, isAlreadyThere } from '@holdfast/aws-databases';
import { expect, test } from 'vitest';

const errorOf = (name: string, status: number): Error =>
  Object.assign(new Error('its words'), { name, $metadata: { httpStatusCode: status, requestId: 'r-1' } });

test.each([
  ['AccessDenied', 403, 'HF_CLOUD_DENIED', 'permission', 'no'],
  ['AccessDeniedException', 400, 'HF_CLOUD_DENIED', 'permission', 'no'],
  ['UnauthorizedOperation', 403, 'HF_CLOUD_DENIED', 'permission', 'no'],
  ['UnrecognizedClientException', 400, 'HF_CLOUD_DENIED', 'permission', 'no'],
  ['ExpiredTokenException', 400, 'HF_CLOUD_DENIED', 'permission', 'no'],
  ['Throttling', 400, 'HF_CLOUD_UNAVAILABLE', 'unavailable', 'yes'],
  ['RequestLimitExceeded', 503, 'HF_CLOUD_UNAVAILABLE', 'unavailable', 'yes'],
  ['InternalFailure', 500, 'HF_CLOUD_UNAVAILABLE', 'unavailable', 'yes'],
  ['SyntaxError', 503, 'HF_CLOUD_UNAVAILABLE', 'unavailable', 'yes'],
  ['TimeoutError', 0, 'HF_CLOUD_UNAVAILABLE', 'unavailable', 'yes'],
  ['DBInstanceNotFoundFault', 404, 'HF_CLOUD_REFUSED', 'not-found', 'no'],
  ['InvalidSubnetID.NotFound', 400, 'HF_CLOUD_REFUSED', 'not-found', 'no'],
  ['InvalidDBInstanceStateFault', 400, 'HF_CLOUD_UNAVAILABLE', 'conflict', 'yes'],
  ['InvalidDBSubnetGroupStateFault', 400, 'HF_CLOUD_UNAVAILABLE', 'conflict', 'yes'],
  ['DependencyViolation', 400, 'HF_CLOUD_UNAVAILABLE', 'conflict', 'yes'],
  ['InvalidParameterCombination', 400, 'HF_CLOUD_REFUSED', 'invalid-argument', 'no'],
  ['StorageQuotaExceeded', 400, 'HF_CLOUD_REFUSED', 'invalid-argument', 'no'],
  ['AbortError', 0, 'HF_ABORTED', 'aborted', 'no'],
  ['Whatever', 0, 'HF_UNEXPECTED', 'unexpected', 'no'],
])('%s (%i) is %s', (name, status, code, kind, retry) => {
  const cause = errorOf(name, status);
  const error = fromAwsError(cause, { call: 'rds:CreateDBInstance', resource: 'a' });
  expect(error).toMatchObject({ code, kind, retry, cause });
  expect(error.message).toContain(`rds:CreateDBInstance of 'a' failed with ${name}: its words`);
});

test.each([
  [
    'InvalidParameterValue',
    'Unable to create the resource. Verify that you have permission to create service linked role. Otherwise wait and try again later',
  ],
  ['InvalidParameterValueException', 'Invalid security group sg-0a'],
  ['InvalidParameterCombination', 'Invalid security group , groupId= sg-0a, groupName=.'],
])('%s, that what was just made is not known: %s', (name, words) => {
  const error = fromAwsError(Object.assign(errorOf(name, 400), { message: words }), { call: 'rds:CreateDBInstance' });
  expect(error).toMatchObject({ code: 'HF_CLOUD_REFUSED', kind: 'not-found', retry: 'yes' });
  expect(error.hint).toContain('iam:CreateServiceLinkedRole');
});

test('without a region the hint says where one is written', () => {
  const error = fromAwsError(new Error('Region is missing'), { call: 'ec2:DescribeSubnets' });
  expect(error).toMatchObject({ code: 'HF_CLOUD_REFUSED', kind: 'invalid-argument', retry: 'no' });
  expect(error.hint).toContain("'region'");
});

test('a denied call says which permission is missing', () => {
  expect(fromAwsError(errorOf('AccessDenied', 403), { call: 'rds:CreateDBInstance' }).hint).toContain('rds:CreateDBInstance');
});

test('an error of a socket is known by its code', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(fromAwsError(refused, { call: 'rds:DescribeDBInstances' })).toMatchObject({
    kind: 'unavailable',
    retry: 'yes',
    context: { error: 'ECONNREFUSED' },
  });
});

test('what is there and what is absent is known by the name alone', () => {
  const there = [
    'DBInstanceAlreadyExistsFault',
    'DBInstanceAlreadyExists',
    'ReplicationGroupAlreadyExistsFault',
    'ACLAlreadyExistsFault',
    'ResourceExistsException',
    'InvalidGroup.Duplicate',
    'InvalidPermission.Duplicate',
    'CacheSubnetGroupAlreadyExistsFault',
    'CacheSubnetGroupAlreadyExists',
    'DBSubnetGroupAlreadyExists',
  ];
  const absent = ['DBInstanceNotFound', 'ACLNotFoundFault', 'ResourceNotFoundException', 'InvalidGroup.NotFound', 'CacheParameterGroupNotFound'];
  expect(there.filter((name) => !isAlreadyThere(errorOf(name, 400)))).toEqual([]);
  expect(absent.filter((name) => !isAbsent(errorOf(name, 404)))).toEqual([]);
  expect([...there, 'AccessDenied'].filter((name) => isAbsent(errorOf(name, 400)))).toEqual([]);
});
