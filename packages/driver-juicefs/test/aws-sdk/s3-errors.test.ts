import { expect, test } from 'vitest';
import { fromS3Error } from '../../src/aws-sdk/s3-errors.js';

const told = (name: string, message: string, more: object = {}) =>
  fromS3Error(Object.assign(new Error(message), { name, ...more }), 'look', 'acme', undefined);

test('a refusal without a body is told by its status', () => {
  const { code, message } = told('Unknown', 'UnknownError', { $metadata: { httpStatusCode: 403 } });
  expect(code).toBe('HF_CLOUD_DENIED');
  expect(message).toBe("The bucket 'acme' may not be used with these credentials: HTTP status 403");
});

test.each([
  [
    'EPROTO',
    'write EPROTO 40B7:error:0A0000C6:SSL routines:tls_get_more_records:packet length too long:../deps/openssl/ssl3_record.c:662:\\n',
    'EPROTO: packet length too long',
  ],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate'],
])('a connection that nobody can trust is told as such, without places in a source: %s', (code, message, words) => {
  const error = told('Error', message, { code });
  expect(error).toMatchObject({ code: 'HF_STORAGE_PERMISSION', message: `The bucket 'acme' cannot be trusted, or has no TLS: ${words}` });
  expect(error.hint).toContain("'bucket.endpoint'");
});
