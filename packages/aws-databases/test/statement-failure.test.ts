import { inspect } from 'node:util';
import { awsDatabase } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';

/** As mysql2 and pg make them: with the statement, and words that quote from it. */
const errorOf = (sql: string, code: string, parameters: readonly string[]): Error => {
  const text = parameters.reduce((whole, value) => whole.replace('?', `'${value}'`), sql);
  return Object.assign(new Error(`near '${text}'`), { code, sql: text, query: text, where: text });
};

test.each([
  ['rdsMysql', 'ER_SPECIFIC_ACCESS_DENIED_ERROR', 'HF_CLOUD_DENIED'],
  ['rdsMysql', 'ER_PARSE_ERROR', 'HF_CLOUD_REFUSED'],
  ['rdsMysql', 'PROTOCOL_CONNECTION_LOST', 'HF_CLOUD_UNAVAILABLE'],
  ['rdsPostgres', '42501', 'HF_CLOUD_DENIED'],
  ['rdsPostgres', '53100', 'HF_CLOUD_REFUSED'],
] as const)('%s: a statement that fails with %s is %s, and no word of it has the password', async (service, code, becomes) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const { connect } = cloud.sql;
  cloud.ports.sql.connect = async (target, call) => {
    const session = await connect(target, call);
    return {
      query: async (sql, parameters = []) => {
        if (/^create (?:user|role)/u.test(sql)) throw errorOf(sql, code, parameters);
        return session.query(sql, parameters);
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  };
  const database = awsDatabase(configOf(service), { ports: cloud.ports, state: resourceState(folder.path), clock: virtualClock() });
  const error = await database.provision().then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toMatchObject({ code: becomes, context: { code }, cause: { code } });
  const secret = await cloud.ports.secrets.read(`arn:secret:holdfast/a/${service === 'rdsMysql' ? 'mysql' : 'postgres'}`, {});
  const { password } = JSON.parse(secret) as { password: string };
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(password);
  expect(inspect(error, { depth: 9 })).toContain('near');
});
