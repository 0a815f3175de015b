import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { type PasswordSources, readCredentials } from '../../src/server/credentials.js';
import { serverConfigSchema } from '../../src/server/server-config.js';

const read = (settings: object, sources: PasswordSources = {}) =>
  readCredentials(serverConfigSchema('postgres', 5432).parse({ type: 'postgres', host: 'db', database: 'd', user: 'me', ...settings }), sources);

test('a variable holds the password: the one that is named, else the usual one, else there is none', async () => {
  const environment = { HOLDFAST_CATALOG_PASSWORD: 'usual', MINE: 'named' };
  expect(await read({}, { environment })).toEqual({ user: 'me', password: 'usual' });
  expect(await read({ passwordVariable: 'MINE' }, { environment })).toEqual({ user: 'me', password: 'named' });
  expect(await read({})).toEqual({ user: 'me', password: '' });
  const error = await assertRejects(read({ passwordVariable: 'ABSENT' }, { environment }), { code: 'HF_CATALOG_UNAVAILABLE' });
  expect(error.message).toContain('ABSENT is not set');
});

test('a file is read anew each time, without the end of its line; JSON in it may name the user too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-password-'));
  const passwordFile = join(folder, 'password');
  const written = async (text: string) => {
    await writeFile(passwordFile, text);
    return read({ passwordFile });
  };
  try {
    await assertRejects(read({ passwordFile }), { code: 'HF_CATALOG_UNAVAILABLE' });
    expect(await written('one\n')).toEqual({ user: 'me', password: 'one' });
    expect(await written(' two ')).toEqual({ user: 'me', password: ' two ' });
    expect(await written('{"username":"me_clone","password":"three","host":"x"}\n')).toEqual({ user: 'me_clone', password: 'three' });
    expect(await written('{"password":"four"}')).toEqual({ user: 'me', password: 'four' });
    expect(await written('{"pass":1}')).toEqual({ user: 'me', password: '{"pass":1}' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a command prints it; where it fails its complaint is told and what it printed is not', async () => {
  expect(await read({ passwordCommand: ['printf', '%s\\n', 'a b'] })).toEqual({ user: 'me', password: 'a b' });
  const script = 'echo canary; echo why >&2; exit 3';
  const error = await assertRejects(read({ passwordCommand: ['/bin/sh', '-c', script] }), { code: 'HF_CATALOG_UNAVAILABLE' });
  expect(error.message).toContain('/bin/sh ended with status 3: why');
  expect(error.message + String(error.cause)).not.toContain('canary');
  await assertRejects(read({ passwordCommand: ['/no/such/program'] }), { code: 'HF_CATALOG_UNAVAILABLE' });
});

test('a secret and a token are asked of whom the deployment gave, with all that they need', async () => {
  const asked: unknown[] = [];
  const sources: PasswordSources = {
    secrets: { read: async (request) => (asked.push(request), '{"username":"u","password":"p"}') },
    tokens: { sign: async (request) => (asked.push(request), 'token') },
  };
  expect(await read({ passwordSecret: 'arn:x', region: 'eu-west-1' }, sources)).toEqual({ user: 'u', password: 'p' });
  expect(await read({ iamToken: true, region: 'eu-west-1' }, sources)).toEqual({ user: 'me', password: 'token' });
  expect(asked).toEqual([
    { secret: 'arn:x', region: 'eu-west-1' },
    { host: 'db', port: 5432, user: 'me', region: 'eu-west-1' },
  ]);
  await assertRejects(read({ passwordSecret: 'x' }), { code: 'HF_CATALOG_UNAVAILABLE' });
  await assertRejects(read({ iamToken: true, region: 'x' }), { code: 'HF_CATALOG_UNAVAILABLE' });
  const failing: PasswordSources = { secrets: { read: () => Promise.reject(new Error('AccessDenied')) } };
  const error = await assertRejects(read({ passwordSecret: 'x' }, failing), { code: 'HF_CATALOG_UNAVAILABLE', kind: 'unavailable' });
  expect(error.message).toContain('the secret x could not be had: AccessDenied');
});
