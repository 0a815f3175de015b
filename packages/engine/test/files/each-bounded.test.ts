import { expect, test } from 'vitest';
import { eachBounded } from '../../src/files/each-bounded.js';

test('never more than the given number are in flight, and all are done', async () => {
  let inFlight = 0;
  let most = 0;
  const done: number[] = [];
  await eachBounded(Array(20).keys(), { concurrency: 4 }, async (item) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise(setImmediate);
    inFlight -= 1;
    done.push(item);
  });
  expect([most, done.length]).toEqual([4, 20]);
});

test('after a failure nothing is begun, and what is in flight is waited for', async () => {
  const begun: number[] = [];
  let ended = 0;
  const failing = eachBounded(Array(20).keys(), { concurrency: 3 }, async (item) => {
    begun.push(item);
    await new Promise(setImmediate);
    if (item === 0) throw new Error('first');
    await new Promise(setImmediate);
    ended += 1;
  });
  await expect(failing).rejects.toThrow('first');
  expect([begun, ended]).toEqual([[0, 1, 2], 2]);
});

test('an aborted signal stops it with its reason', async () => {
  const controller = new AbortController();
  let count = 0;
  const running = eachBounded(Array(20).keys(), { concurrency: 1, signal: controller.signal }, async () => {
    count += 1;
    if (count === 2) controller.abort(new Error('enough'));
  });
  await expect(running).rejects.toThrow('enough');
  expect(count).toBe(2);
});
