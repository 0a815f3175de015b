import { storageErrorFromCode } from '@holdfast/core';
import { expect, test } from 'vitest';

test.each([
  ['ENOENT', 'HF_STORAGE_MISSING', 'not-found', 'no'],
  ['ENOTDIR', 'HF_STORAGE_NOT_DIRECTORY', 'invalid-argument', 'no'],
  ['EEXIST', 'HF_STORAGE_NOT_DIRECTORY', 'invalid-argument', 'no'],
  ['EROFS', 'HF_STORAGE_READ_ONLY', 'permission', 'no'],
  ['EACCES', 'HF_STORAGE_PERMISSION', 'permission', 'no'],
  ['ENOSPC', 'HF_STORAGE_FULL', 'no-space', 'no'],
  ['EDQUOT', 'HF_STORAGE_FULL', 'no-space', 'no'],
  ['EIO', 'HF_STORAGE_IO', 'unavailable', 'yes'],
  ['ESTALE', 'HF_STORAGE_IO', 'unavailable', 'yes'],
  ['ENOTCONN', 'HF_STORAGE_IO', 'unavailable', 'yes'],
  ['ETIMEDOUT', 'HF_STORAGE_TIMEOUT', 'timeout', 'yes'],
])('%s is %s', (errno, code, kind, retry) => {
  const error = storageErrorFromCode({ code: errno, path: '/data', operation: 'storage.attach', message: 'said' });
  expect(error).toMatchObject({ code, kind, retry, operation: 'storage.attach', context: { path: '/data', errno } });
  expect(error.message).toContain("'/data'");
  expect(error.hint).toBeTruthy();
});

test('the hint of a missing storage names what makes it', () => {
  expect(storageErrorFromCode({ code: 'ENOENT', path: '/data', operation: 'o', message: 'm' }).hint).toContain('holdfast run makes it');
});

test.each(['EWEIRD', undefined])('%s stays unexpected, with its words', (errno) => {
  const cause = new Error('weird');
  const error = storageErrorFromCode({ code: errno, path: '/data', operation: 'o', message: 'weird', cause });
  expect(error).toMatchObject({ code: 'HF_UNEXPECTED', kind: 'unexpected', cause });
  expect(error.message).toContain('weird');
});
