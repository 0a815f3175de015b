import { parseDeploymentConfig } from '@holdfast/core';
import { expect, test } from 'vitest';
import { completeRequest } from '../../src/deployment/complete-request.js';
import type { RunRequest } from '../../src/run/types.js';

const config = parseDeploymentConfig({ job: { interval: '7m', keep: 4 } });
const request: RunRequest = { command: ['./align.sh'], workingDirectory: '/data/align', environment: {} };

test('what the request leaves out comes from the configuration', () => {
  expect(completeRequest(request, config)).toMatchObject({ intervalMs: 420_000, keep: 4, onRestoreFailure: 'older', tcp: 'close', fresh: false });
});

test('what the request says wins, in text or in milliseconds', () => {
  expect(completeRequest({ ...request, interval: '90s', keep: 1, job: 'align-7' }, config)).toMatchObject({
    intervalMs: 90_000,
    keep: 1,
    job: 'align-7',
  });
  expect(completeRequest({ ...request, interval: 1500 }, config).intervalMs).toBe(1500);
});

test.each([
  [{ interval: '5x' }, 'HF_DURATION', /5x/],
  [{ interval: Number.NaN }, 'HF_USAGE', /NaN/],
  [{ interval: 0 }, 'HF_USAGE', /interval 0/],
  [{ keep: 0 }, 'HF_USAGE', /keep 0/],
  [{ keep: 1.5 }, 'HF_USAGE', /keep 1.5/],
  [{ workingDirectory: 'relative' }, 'HF_USAGE', /relative/],
  [{ command: [''] as const }, 'HF_USAGE', /no command/],
  [{ job: '../escape' }, 'HF_JOB_NAME', /escape/],
  [{ from: { job: 'a' } }, 'HF_USAGE', /no name/],
  [{ from: { job: 'a' }, job: 'a' }, 'HF_USAGE', /from itself/],
  [{ from: { job: 'a' }, job: 'b', fresh: true }, 'HF_USAGE', /start anew/],
  [{ from: { job: 'a', number: 0 }, job: 'b' }, 'HF_USAGE', /0 is not the number/],
  [{ labels: { note: 'x'.repeat(256) } }, 'HF_USAGE', /256 characters/],
  [{ labels: { ['ü'.repeat(256)]: 'x' } }, 'HF_USAGE', /256 characters/],
  [{ labels: { note: 'a\0b' } }, 'HF_USAGE', /NUL/],
  [{ here: true, job: undefined }, 'HF_USAGE', /not named/],
  [{ from: { job: 'a/b' }, job: 'b' }, 'HF_JOB_NAME', /a.b/],
])('%j is refused by name', (wrong, code, message) => {
  const parse = () => completeRequest({ ...request, ...wrong }, config);
  expect(parse).toThrow(expect.objectContaining({ code }));
  expect(parse).toThrow(message);
});

test('a label may have 255 characters, however many bytes those take', () => {
  const labels = { note: '😀'.repeat(255) };
  expect(completeRequest({ ...request, labels }, config).labels).toEqual(labels);
});

test('a job may have 64 labels', () => {
  const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, 'x']));
  expect(completeRequest({ ...request, labels: labels(64) }, config).labels).toEqual(labels(64));
  expect(() => completeRequest({ ...request, labels: labels(65) }, config)).toThrow(/65 labels/);
});
