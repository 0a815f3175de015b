import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { aJob, fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

test('offers the names of jobs', async () => {
  const deployment = fakeDeployment({ jobs: { list: () => Promise.resolve({ items: [aJob], nextCursor: undefined }) } });
  expect(await runLine(['__complete', '--', 'show', 'al'], { deployment })).toMatchObject({ status: 0, stdout: 'none\nalign-7\n' });
  expect((await runLine(['__complete', '--', 'run', '--job=al'], { deployment })).stdout).toBe('none\n--job=align-7\n');
});

test('offers nothing, and says nothing, where the catalog does not answer', async () => {
  const error = new HoldfastError('HF_CATALOG_UNAVAILABLE', { kind: 'unavailable', message: 'away' });
  const deployment = fakeDeployment({ jobs: { list: () => Promise.reject(error) } });
  expect(await runLine(['__complete', '--', 'show', ''], { deployment })).toEqual({
    status: 0,
    stdout: 'none\n',
    stderr: '',
    opened: expect.anything() as unknown,
  });
});

test('describes what it offers', async () => {
  expect((await runLine(['__complete', '--', 'doc'])).stdout).toBe('none\ndoctor\tcheck every requirement of this machine\n');
});
