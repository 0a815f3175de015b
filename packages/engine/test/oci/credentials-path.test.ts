import { expect, it } from 'vitest';
import { credentialsRewrite, credentialsVariable } from '../../src/oci/credentials-path.js';

const path = '/v2/credentials/0a1b2c3d-0000-4444-8888-0123456789ab';

it('the path for credentials replaces others of its shape, which are as long', () => {
  const rewrite = credentialsRewrite(new Map([[credentialsVariable, path]]));
  expect(rewrite).toMatchObject({ prefix: '/v2/credentials/', value: path });
  expect(rewrite?.rest.test('ffffffff-eeee-4ddd-8ccc-bbbbbbbbbbbb')).toBe(true);
  expect(rewrite?.rest.test('ffffffff-eeee-4ddd-8ccc-bbbbbbbbbbbX')).toBe(false);
});

it('nothing is replaced in a container without such a path, or with one of another shape', () => {
  for (const value of [undefined, '', '/creds', `${path}0`, `http://localhost${path}`]) {
    expect(credentialsRewrite(value === undefined ? new Map() : new Map([[credentialsVariable, value]]))).toBeUndefined();
  }
});
