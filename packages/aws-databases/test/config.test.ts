import { databaseJsonSchema, parseDatabaseConfig } from '@holdfast/aws-databases';
import { expect, test } from 'vitest';
import { configOf, place } from './support/fixture.js';

const refused = (value: unknown): unknown => {
  try {
    return parseDatabaseConfig({ name: 'a', purpose: 'catalog' }, value, { section: 'metadata' });
  } catch (error) {
    return error;
  }
};

test('what is left out gets its default', () => {
  expect(configOf('rdsPostgres')).toMatchObject({
    service: 'rdsPostgres',
    instanceClass: 'db.t4g.small',
    storageGib: 20,
    multiAz: false,
    backupDays: 7,
    user: 'holdfast',
  });
  expect(configOf('memorydb')).toMatchObject({ engine: 'valkey', replicas: 1, user: 'holdfast-a', timeoutMs: 3_600_000 });
  expect(configOf('elasticache')).toMatchObject({ user: 'default', version: '8.0' });
});

test.each([
  [{ elasticache: { ...place, serverless: true } }, 'evicts keys'],
  [{ memorydb: { ...place, serverless: true } }, 'evicts keys'],
  [{ rdsMysql: { ...place, subnets: ['subnet-0a'] } }, "'subnets' needs two"],
  [{ rdsMysql: { ...place, subnets: ['subnet-0a', 'subnet-0a'] } }, "'subnets' needs two"],
  [{ rdsMysql: { subnets: place.subnets } }, 'nobody could connect'],
  [{ rdsMysql: { ...place, clientCidrs: ['0.0.0.0/0'] } }, 'the whole internet'],
  [{ rdsMysql: { ...place, securityGroups: ['sg-1'] } }, 'exclude each other'],
  [{ rdsMysql: { ...place, adopt: 'theirs' } }, 'cannot be given beside it'],
  [{ rdsMysql: { ...place, tls: 'off' } }, "'metadata.rdsMysql.tls' is no known key"],
  [{ rdsMysql: { ...place, user: 'root' } }, "'root' belongs to the server"],
  [{ rdsPostgres: { ...place, database: 'a"; drop' } }, 'it must be 1 to 31 of a-z'],
  [{ elasticache: { ...place, user: 'someone' } }, "'user' is for 'adopt' here"],
  [{ elasticache: { adopt: 'theirs' } }, "'adopt' needs 'passwordSecret'"],
  [{ memorydb: { ...place, user: 'default' } }, "'default' has no password"],
  [{ rdsMysql: place, memorydb: place }, "'metadata' names more than one service"],
  [{ dynamodb: {} }, "'metadata' names no service that is known"],
  ['rdsMysql', "'metadata' names no service that is known"],
])('%j is refused', (value, words) => {
  expect(refused(value)).toMatchObject({ code: 'HF_CONFIG' });
  expect(String(refused(value))).toContain(words);
});

test.each(['A', 'a--b', 'a-', '1a', 'abcdefghijklmnopqrstuvw', ''])("the name '%s' is refused", (name) => {
  expect(() => parseDatabaseConfig({ name, purpose: 'catalog' }, { memorydb: place })).toThrow(expect.objectContaining({ code: 'HF_CONFIG' }));
});

test('the schema says what each service takes', () => {
  expect(databaseJsonSchema()).toMatchObject({
    properties: { rdsMysql: { properties: { instanceClass: { default: 'db.t4g.small' } } }, memorydb: {} },
  });
});
