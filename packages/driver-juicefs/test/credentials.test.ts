import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { juicefsAccess, readBucketKeys } from '../src/credentials.js';
import { formatArguments } from '../src/format.js';
import { runJuicefs } from '../src/run-juicefs.js';
import { aConfig } from './support/a-config.js';
import { fakeJuicefs } from './support/fake-juicefs.js';

test('the client gets the password, and keys under names that it does not store in the database', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_PROFILE: 'x' };
  const environment = { HOLDFAST_STORAGE_PASSWORD: 'p', ...keys, EDITOR: 'vi', SSL_CERT_FILE: '/own.pem' };
  const { env: given } = await juicefsAccess(aConfig({ metadata: { tlsCaFile: '/ca.pem' } }), { environment }, 'mount');
  expect(given).toMatchObject({ META_PASSWORD: 'p', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-west-1', AWS_PROFILE: 'x' });
  expect(given['SSL_CERT_FILE']).toBe('/ca.pem');
  for (const command of ['status', 'mount']) {
    expect((await juicefsAccess(aConfig(), { environment }, command)).env['SSL_CERT_FILE']).toBe('/own.pem');
  }
  for (const name of ['ACCESS_KEY', 'SECRET_KEY', 'EDITOR', 'HOLDFAST_STORAGE_PASSWORD']) expect(given).not.toHaveProperty(name);
});

test.each([
  ['status', ['META_PASSWORD']],
  ['config', ['META_PASSWORD']],
  ['format', ['META_PASSWORD', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'JFS_RSA_PASSPHRASE']],
  ['mount', ['META_PASSWORD', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'JFS_RSA_PASSPHRASE']],
])('juicefs %s gets the secrets that it needs, and no other', async (command, secrets) => {
  const environment = {
    HOLDFAST_STORAGE_PASSWORD: 'canary',
    AWS_ACCESS_KEY_ID: 'canary',
    AWS_SECRET_ACCESS_KEY: 'canary',
    AWS_SESSION_TOKEN: 'canary',
    JFS_RSA_PASSPHRASE: 'canary',
  };
  const config = aConfig({ format: { encryptionKeyFile: '/key.pem' } });
  const { env } = await juicefsAccess(config, { environment }, command);
  const told = Object.keys(env).filter((name) => env[name] === 'canary');
  expect(told.toSorted()).toEqual(secrets.toSorted());
});

test('without keys AWS looks for them itself: the role of the machine', async () => {
  expect(await readBucketKeys(aConfig(), {})).toBeUndefined();
  expect((await juicefsAccess(aConfig(), {}, 'mount')).env).not.toHaveProperty('AWS_ACCESS_KEY_ID');
});

test('keys of a file win over variables; a bad file is named and never quoted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-keys-'));
  const keysFile = join(folder, 'keys.json');
  const config = aConfig({ bucket: { keysFile } });
  try {
    await writeFile(keysFile, '{"accessKeyId":"f","secretAccessKey":"g"}');
    expect(await readBucketKeys(config, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' })).toMatchObject({ accessKeyId: 'f' });
    const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 'of other keys' };
    expect((await juicefsAccess(config, { environment }, 'mount')).env).not.toHaveProperty('AWS_SESSION_TOKEN');
    await writeFile(keysFile, '{"accessKeyId":"f","secretAccessKey":canary}');
    const error = await assertRejects(readBucketKeys(config), { code: 'HF_STORAGE_PERMISSION' });
    expect(error.message).toContain(keysFile);
    expect(error.message + String(error.cause)).not.toContain('canary');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the user that a secret names is used in place of that of the URL', async () => {
  await using fake = await fakeJuicefs();
  const { config } = fake.setup;
  const passwordFile = join(dirname(config.stateDirectory), 'secret');
  await writeFile(passwordFile, '{"username":"other","password":"p"}');
  const changed = aConfig({ program: config.program, metadata: { passwordFile } });
  await runJuicefs({ config: changed, sources: {} }, { args: formatArguments(changed), operation: 'storage.provision', timeoutMs: 20_000 });
  expect(await fake.calls()).toEqual([expect.stringContaining('postgres://other@db.example.org:5432/jfs')]);
});

test('a password with a zero byte, as UTF-16 has it, is refused and not repeated', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-credentials-'));
  try {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, Buffer.from('canary', 'utf16le'));
    const error = await assertRejects(juicefsAccess(aConfig({ metadata: { passwordFile } }), {}, 'mount'), { code: 'HF_STORAGE_PERMISSION' });
    expect(error.hint).toContain('UTF-16');
    expect(JSON.stringify(error)).not.toMatch(/c.{0,6}a.{0,6}n.{0,6}a.{0,6}r.{0,6}y/u);
  } finally {
    await rm(folder, { recursive: true });
  }
});
