import { createServer } from 'node:http';
import { once } from 'node:events';
import { awsSources } from '@holdfast/catalog/aws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('a token is signed for the very database and user, and does not hold the key', async () => {
  const token = await awsSources().tokens.sign({ host: 'db.example.org', port: 5432, user: 'me', region: 'eu-west-1' });
  const { host, searchParams } = new URL(`https://${token}`);
  expect(host).toBe('db.example.org:5432');
  expect(searchParams.get('DBUser')).toBe('me');
  expect(searchParams.get('X-Amz-Credential')).toContain('/eu-west-1/rds-db/');
  expect(token).not.toContain('canary');
});

test('a secret is asked for by its name in its region', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${String(request.headers['x-amz-target'])} ${/eu-west-1\/secretsmanager/u.exec(request.headers.authorization ?? '')?.[0]}`);
    request.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
    request.on('end', () => response.setHeader('content-type', 'application/x-amz-json-1.1').end('{"SecretString":"{\\"password\\":\\"p\\"}"}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  try {
    expect(await awsSources().secrets.read({ secret: 'holdfast/db', region: 'eu-west-1' })).toBe('{"password":"p"}');
    expect(asked).toEqual(['secretsmanager.GetSecretValue eu-west-1/secretsmanager', '{"SecretId":"holdfast/db"}']);
  } finally {
    server.close();
  }
});
