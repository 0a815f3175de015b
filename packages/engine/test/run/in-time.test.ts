import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inTime } from '../../src/run/in-time.js';

const signal = new AbortController().signal;

test('what ends in time ends as it does', async () => {
  await expect(inTime({ deadlineMs: 60_000, signal }, () => Promise.resolve(7))).resolves.toBe(7);
  const failure = new Error('the file is gone');
  await expect(inTime({ deadlineMs: 60_000, signal }, () => Promise.reject(failure))).rejects.toBe(failure);
});

test('what hangs is left, whatever it makes of its signal, and what it says later is nobody’s', async () => {
  const hanging = Promise.withResolvers<number>();
  let given: AbortSignal | undefined;
  const waited = inTime({ deadlineMs: 20, signal }, (each) => {
    given = each;
    return hanging.promise;
  });
  await expect(waited).rejects.toMatchObject({
    code: 'HF_DUMP_TIMEOUT',
    kind: 'timeout',
    message: expect.stringContaining('within 20 ms') as string,
  });
  expect(given?.aborted).toBe(true);
  hanging.reject(new Error('late'));
});

test('the caller’s abort comes through', async () => {
  const caller = new AbortController();
  const waited = inTime({ deadlineMs: 60_000, signal: caller.signal }, async (each) => {
    await once(each, 'abort');
    throw each.reason;
  });
  caller.abort(new Error('stopped'));
  await expect(waited).rejects.toThrow('stopped');
});
