import { expect, test } from 'vitest';
import { jobIdentity } from '../../src/oci/job-identity.js';

const identify = (values: Readonly<Record<string, string>>, namespace?: string): ReturnType<typeof jobIdentity> =>
  jobIdentity(new Map(Object.entries(values)), { containerName: '/eager_wing', namespace });

test.each([
  [{}, 'eager_wing', 'container-name'],
  [{ AWS_BATCH_JOB_ID: 'aa-bb' }, 'aa-bb', 'AWS_BATCH_JOB_ID'],
  [{ AWS_BATCH_JOB_ID: 'aa-bb', AWS_BATCH_JOB_ARRAY_INDEX: '3' }, 'aa-bb-3', 'AWS_BATCH_JOB_ID'],
  [{ AWS_BATCH_JOB_ID: 'aa-bb:3', AWS_BATCH_JOB_ARRAY_INDEX: '3' }, 'aa-bb-3', 'AWS_BATCH_JOB_ID'],
  [{ AWS_BATCH_JOB_ID: 'aa-bb:13', AWS_BATCH_JOB_ARRAY_INDEX: '3' }, 'aa-bb-13-3', 'AWS_BATCH_JOB_ID'],
  [{ HOLDFAST_JOB: 'align.7', AWS_BATCH_JOB_ID: 'aa-bb' }, 'align.7', 'HOLDFAST_JOB'],
])('%j is the job %s', (values, job, source) => {
  expect(identify(values)).toEqual({ job, source });
  expect(identify(values, 'team')).toEqual({ job: `team.${job}`, source });
});

test.each(['../x', '.x', 'a b', 'a/b', 'x'.repeat(129)])('HOLDFAST_JOB=%j is refused, never changed', (name) => {
  expect(() => identify({ HOLDFAST_JOB: name })).toThrow(expect.objectContaining({ code: 'HF_CONTAINER_SETTING' }));
});

test('a container without a name that Docker told is no job of its own, but one that its environment names', () => {
  const nameless = { containerName: undefined };
  expect(() => jobIdentity(new Map(), nameless)).toThrow(expect.objectContaining({ code: 'HF_CONTAINER_SETTING', kind: 'unavailable' }));
  expect(jobIdentity(new Map([['AWS_BATCH_JOB_ID', 'aa']]), nameless).job).toBe('aa');
  expect(jobIdentity(new Map([['HOLDFAST_JOB', 'bb']]), nameless).job).toBe('bb');
});

test('a name has to fit with its namespace, and a namespace ends at its dot', () => {
  expect(() => identify({ HOLDFAST_JOB: 'x'.repeat(126) }, 'team')).toThrow(expect.objectContaining({ code: 'HF_CONTAINER_SETTING' }));
  expect(() => identify({ AWS_BATCH_JOB_ID: 'x'.repeat(126) }, 'team')).toThrow(expect.objectContaining({ code: 'HF_CONTAINER_SETTING' }));
  expect(() => identify({}, 'a.b')).toThrow(expect.objectContaining({ code: 'HF_CONFIG' }));
});
