import { expect, test } from 'vitest';
import { complaints, juicefsFailure } from '../src/errors.js';
import { aConfig } from './support/a-config.js';

const failure = (said: string) =>
  juicefsFailure({ command: 'mount', exitCode: 1, complaints: [said], operation: 'storage.attach', config: aConfig() });

test('of a log its warnings and errors are told, without times, colours, places and what is always said', () => {
  const log = [
    '2026/11/25 22:54:58.1 juicefs[1] <INFO>: Meta address: redis://db/1 [NewClient@interface.go:645]',
    '2026/11/25 22:54:58.1 juicefs[1] <WARNING>: \u001B[33mSet storage tier: not supported [createStorage@format.go:290]',
    '2026/11/25 22:54:58.1 juicefs[1] <FATAL>: get status: load setting: nothing [status@status.go:84]',
  ].join('\n');
  expect(complaints(log)).toEqual(['get status: load setting: nothing']);
});

test.each([
  [
    "Error 1045 (28000): Access denied for user 'jfs'@'localhost' (using password: YES)",
    'HF_STORAGE_PERMISSION',
    'The metadata engine postgres://db',
  ],
  [
    'Write to cache file /c/raw/1.tmp failed: write /c/raw/1.tmp: no space left on device',
    'HF_STORAGE_FULL',
    "The volume 'snapshots' has no room left in its cache directories",
  ],
  ['WRONGPASS invalid username-password pair', 'HF_STORAGE_PERMISSION', 'does not let the user in'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'HF_STORAGE_PERMISSION', 'cannot be trusted'],
  ['pq: database "jfs" does not exist', 'HF_STORAGE_MISSING', 'has no such database'],
  ['Storage s3://x/: api error InvalidAccessKeyId: The Access Key Id you provided does not exist', 'HF_CLOUD_DENIED', "The bucket 'acme-snapshots'"],
  ['can not connect to s3://x: dial tcp 127.0.0.1:9000: connect: connection refused', 'HF_STORAGE_IO', "The bucket 'acme-snapshots' does not answer"],
  ['load setting: dial tcp 10.0.0.1:5432: i/o timeout', 'HF_STORAGE_IO', 'The metadata engine postgres://db.example.org:5432/jfs does not answer'],
  ['load setting: database is not formatted, please run `juicefs format ...` first', 'HF_STORAGE_MISSING', "The volume 'snapshots' is not there"],
  [
    'Storage https://x/b: Head "https://x/b": tls: failed to verify certificate: x509: unknown authority',
    'HF_STORAGE_PERMISSION',
    "The bucket 'acme-snapshots' cannot be trusted",
  ],
  [
    'load setting: dial tcp: lookup s3-storage-object.example.org: no such host',
    'HF_STORAGE_IO',
    'The metadata engine postgres://db.example.org:5432/jfs does not answer',
  ],
  ["READONLY You can't write against a read only replica.", 'HF_STORAGE_IO', 'The metadata engine postgres://db'],
  ['ERROR: could not extend file: no space left on device', 'HF_STORAGE_FULL', 'is full'],
  ['fuse: fuse mount: operation not permitted', 'HF_REQUIREMENT', 'cannot be mounted on this machine'],
])('%s', (said, code, words) => {
  const error = failure(said);
  expect(error.code).toBe(code);
  expect(error.message).toContain(words);
  expect(error.hint).toBeTypeOf('string');
});

test('a user who is not let in without a configured password is told where it is looked for', () => {
  const said = 'pq: password authentication failed for user "jfs"';
  expect(failure(said).hint).toContain('HOLDFAST_STORAGE_PASSWORD');
  const config = aConfig({ metadata: { passwordFile: '/etc/jfs' } });
  const other = juicefsFailure({ command: 'mount', exitCode: 1, complaints: [said], operation: 'storage.attach', config });
  expect(other.hint).not.toContain('HOLDFAST_STORAGE_PASSWORD');
});

test('a metadata engine that hangs up may have no TLS, where that is asked of it', () => {
  expect(failure('ping: context deadline exceeded').hint).toContain('TLS');
  expect(failure('dial tcp 10.0.0.1:5432: connect: connection refused').hint).not.toContain('TLS');
});

test('what is not understood stays unexpected, with its words', () => {
  expect(failure('a new one')).toMatchObject({ code: 'HF_UNEXPECTED', kind: 'unexpected' });
  expect(failure('a new one').message).toContain('a new one');
});
