import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { patiently } from '../src/resources/patience.js';
import { virtualClock } from './support/fixture.js';

const absent = new HoldfastError('HF_CLOUD_REFUSED', { kind: 'not-found', message: 'there is none' });
const denied = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'no' });

function failing(times: number, error: Error): { readonly run: () => Promise<string>; readonly calls: () => number } {
  let calls = 0;
  const run = async (): Promise<string> => {
    calls += 1;
    if (calls <= times) throw error;
    return 'done';
  };
  return { run, calls: () => calls };
}

test('what is not known yet is asked for again', async () => {
  const { run, calls } = failing(3, absent);
  expect(await patiently({ clock: virtualClock() }, run)).toBe('done');
  expect(calls()).toBe(4);
});

test('what is not known after half a minute is not there, in the words of AWS', async () => {
  const clock = virtualClock();
  await expect(patiently({ clock }, failing(Number.POSITIVE_INFINITY, absent).run)).rejects.toBe(absent);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(30_000);
  expect(clock.monotonicMs()).toBeLessThan(36_000);
});

test('what is known to pass is asked for two minutes', async () => {
  const clock = virtualClock();
  const soon = new HoldfastError('HF_CLOUD_REFUSED', { kind: 'not-found', retry: 'yes', message: 'invalid security group' });
  await expect(patiently({ clock }, failing(Number.POSITIVE_INFINITY, soon).run)).rejects.toBe(soon);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(120_000);
  expect(clock.monotonicMs()).toBeLessThan(126_000);
});

test('every other error is told at once', async () => {
  const { run, calls } = failing(1, denied);
  await expect(patiently({ clock: virtualClock() }, run)).rejects.toBe(denied);
  expect(calls()).toBe(1);
});

test('an abort ends it', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(patiently({ clock: virtualClock(), signal }, failing(9, absent).run)).rejects.toThrow('enough');
});
