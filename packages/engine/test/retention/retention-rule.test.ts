import { parseDeploymentConfig } from '@holdfast/core';
import { expect, test } from 'vitest';
import { retentionRule } from '../../src/retention/retention-rule.js';

const retention = { keepLast: 5, keepAfterSuccess: 0, keepAfterFailure: 2, abandonedAfter: '30d' };
const policy = parseDeploymentConfig({ retention }).retention;
const now = new Date('2026-03-01T00:00:00.000Z');

function ruleFor(endedWith: number | undefined, claimedAt: string, newestAt: string | undefined, held: boolean, rules = policy): unknown {
  const end = endedWith === undefined ? undefined : { exitCode: endedWith, endedAt: claimedAt };
  const epoch = { job: 'job', epoch: 1, attempt: 'a', from: undefined, firstNumber: 1, holder: { attempt: 'a', host: 'h', pid: 1 }, claimedAt, end };
  return retentionRule({ state: { epoch }, newestAt, held }, rules, now);
}

const [old, recent] = ['2026-01-01T00:00:00.000Z', '2026-02-20T00:00:00.000Z'];

test.each([
  ['a job that ended with 0', ruleFor(0, old, old, false), 0, 'keepAfterSuccess'],
  ['one that ended with another status', ruleFor(3, old, old, false), 2, 'keepAfterFailure'],
  ['one that was interrupted lately', ruleFor(undefined, old, recent, false), 5, 'keepLast'],
  ['one that was claimed lately, with old snapshots', ruleFor(undefined, recent, old, false), 5, 'keepLast'],
  ['one that is silent for long', ruleFor(undefined, old, old, false), 0, 'abandonedAfter'],
  ['one that is silent for long and never had a snapshot', ruleFor(undefined, old, undefined, false), 0, 'abandonedAfter'],
  ['one that is silent for long, but somebody runs it', ruleFor(undefined, old, old, true), 5, 'keepLast'],
  ['one that is silent for long where none is given up', ruleFor(undefined, old, old, false, parseDeploymentConfig({}).retention), 3, 'keepLast'],
])('of %s', (_what, rule, keep, reason) => {
  expect(rule).toEqual({ keep, reason });
});
