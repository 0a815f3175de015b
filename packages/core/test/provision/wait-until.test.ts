import { HoldfastError } from '@holdfast/core';
import { type Standing, waitUntil, waitUntilGone, type WaitRequest } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { virtualClock } from './virtual-clock.js';

interface Thing {
  readonly state: string;
}

const classify = ({ state }: Thing): Standing =>
  state === 'available'
    ? { standing: 'ready', state }
    : state === 'create-failed'
      ? { standing: 'failed', state, reason: 'no capacity in the zone' }
      : { standing: 'pending', state };

const throttled = new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'slow down' });
const denied = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'you may not' });
const absent = new HoldfastError('HF_CLOUD_REFUSED', { kind: 'not-found', message: 'no such thing' });

function requestOf(read: WaitRequest<Thing>['read']): WaitRequest<Thing> {
  return { resource: "thing 'a'", operation: 'test.wait', read, classify, minDelayMs: 5000, maxDelayMs: 15_000, deadlineMs: 3_600_000 };
}

/** Gives one after the other, the last for ever. */
function answers(...given: readonly (Thing | HoldfastError | undefined)[]): {
  readonly read: WaitRequest<Thing>['read'];
  readonly asked: () => number;
} {
  let asked = 0;
  return {
    asked: () => asked,
    read: async () => {
      const answer = given[Math.min(asked, given.length - 1)];
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

test('whenever a resource becomes ready, the wait knows at most 15 s later', async () => {
  for (let readyMs = 1; readyMs < 3_000_000; readyMs += 29_989) {
    const clock = virtualClock();
    const read = async (): Promise<Thing> => ({ state: clock.monotonicMs() >= readyMs ? 'available' : 'creating' });
    expect(await waitUntil(requestOf(read), { clock })).toEqual({ state: 'available' });
    expect(clock.monotonicMs() - readyMs).toBeLessThanOrEqual(15_000);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(readyMs);
  }
});

test('a failed state ends the wait at once, with the reason of the provider', async () => {
  const clock = virtualClock();
  const { read, asked } = answers({ state: 'creating' }, { state: 'create-failed' });
  await expect(waitUntil(requestOf(read), { clock })).rejects.toMatchObject({
    code: 'HF_PROVISION_FAILED',
    operation: 'test.wait',
    context: { resource: "thing 'a'", state: 'create-failed' },
    message: expect.stringContaining('no capacity in the zone') as string,
  });
  expect(asked()).toBe(2);
});

test('throttling and absence at the beginning pass; what is not allowed does not', async () => {
  const passing = answers(undefined, absent, throttled, { state: 'available' });
  await expect(waitUntil(requestOf(passing.read), { clock: virtualClock() })).resolves.toEqual({ state: 'available' });
  const final = answers({ state: 'creating' }, denied);
  await expect(waitUntil(requestOf(final.read), { clock: virtualClock() })).rejects.toBe(denied);
  expect(final.asked()).toBe(2);
});

test('what is still absent after 30 s has failed', async () => {
  const clock = virtualClock();
  await expect(waitUntil(requestOf(answers(absent).read), { clock })).rejects.toMatchObject({
    code: 'HF_PROVISION_FAILED',
    context: { state: 'absent' },
  });
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(30_000);
  expect(clock.monotonicMs()).toBeLessThanOrEqual(45_000);
});

test('at the deadline it looks once more and then says what it last saw and heard', async () => {
  const clock = virtualClock();
  const { read } = answers({ state: 'creating' }, throttled);
  await expect(waitUntil({ ...requestOf(read), deadlineMs: 60_000 }, { clock })).rejects.toMatchObject({
    code: 'HF_PROVISION_TIMEOUT',
    kind: 'timeout',
    message: "thing 'a' is still 'creating' after 1m; the last answer was: slow down",
    cause: throttled,
  });
  expect(clock.monotonicMs()).toBe(60_000);
});

test('progress tells every state with the time that passed', async () => {
  const seen: unknown[] = [];
  const { read } = answers({ state: 'creating' }, { state: 'modifying' }, { state: 'available' });
  await waitUntil(requestOf(read), { clock: virtualClock(), onProgress: ({ state, elapsedMs }) => seen.push([state, elapsedMs]) });
  expect(seen).toEqual([
    ['creating', 0],
    ['modifying', 5000],
    ['available', 12_500],
  ]);
});

test('progress tells of a look that told no state, with the reason', async () => {
  const seen: unknown[] = [];
  const { read } = answers({ state: 'creating' }, throttled, { state: 'available' });
  await waitUntil(requestOf(read), { clock: virtualClock(), onProgress: ({ state, passing }) => seen.push([state, passing]) });
  expect(seen).toEqual([
    ['creating', undefined],
    ['creating', throttled],
    ['available', undefined],
  ]);
});

test('a signal ends the wait while a call hangs that does not heed it', async () => {
  const stop = new AbortController();
  const waiting = waitUntil(
    requestOf(async () => {
      stop.abort();
      return new Promise(() => undefined);
    }),
    { signal: stop.signal },
  );
  await expect(waiting).rejects.toMatchObject({ code: 'HF_ABORTED', kind: 'aborted' });
});

test('a call that hangs counts as one that may be repeated', async () => {
  let asked = 0;
  const read = async (): Promise<Thing> => {
    asked += 1;
    return asked === 1 ? new Promise(() => undefined) : { state: 'available' };
  };
  await expect(waitUntil({ ...requestOf(read), callTimeoutMs: 5 }, { clock: virtualClock() })).resolves.toEqual({ state: 'available' });
  expect(asked).toBe(2);
});

test('gone is what is asked for where something is removed', async () => {
  await waitUntilGone(requestOf(answers({ state: 'available' }, throttled, { state: 'deleting' }, absent).read), { clock: virtualClock() });
  const stuck = waitUntilGone(requestOf(answers({ state: 'deleting' }, { state: 'create-failed' }).read), { clock: virtualClock() });
  await expect(stuck).rejects.toMatchObject({ code: 'HF_PROVISION_FAILED' });
});
