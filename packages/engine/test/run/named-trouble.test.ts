import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { nameTrouble } from '../../src/run/named-trouble.js';

const bare = new HoldfastError('HF_STORAGE_TIMEOUT', {
  kind: 'timeout',
  retry: 'yes',
  message: 'the storage did not answer within 60 s',
  operation: 'repository.put',
  hint: 'look at the mount',
});
const cause = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'the bucket refuses', hint: 'allow it', context: { bucket: 'b' } });

test('a bare failure of the storage is told with its cause and the remedy for it', async () => {
  expect(await nameTrouble(bare, () => Promise.resolve(cause))).toMatchObject({
    code: 'HF_CLOUD_DENIED',
    kind: 'permission',
    retry: 'yes',
    message: 'the storage did not answer within 60 s: the bucket refuses',
    operation: 'repository.put',
    hint: 'allow it',
    context: { bucket: 'b' },
    cause: bare,
  });
});

test.each([
  ['it knows of none', () => Promise.resolve(undefined)],
  ['it cannot be asked', () => Promise.reject(new Error('no'))],
  ['it can tell nothing', undefined],
])('where %s the failure stays as it is', async (_, tell) => {
  expect(await nameTrouble(bare, tell)).toBe(bare);
});

test('a failure that is none of the storage’s asks nobody', async () => {
  let asked = 0;
  const ofTheJob = new HoldfastError('HF_DUMP_FAILED', { kind: 'unexpected', message: 'it did not stand still' });
  const tell = () => {
    asked += 1;
    return Promise.resolve(cause);
  };
  expect(await nameTrouble(ofTheJob, tell)).toBe(ofTheJob);
  expect(asked).toBe(0);
});
