import { formatDuration, isHoldfastError, maxDurationMs, parseDuration } from '@holdfast/core';
import { expect, test } from 'vitest';

test.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['007s', 7000],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', '5x', '5 m', '-5m', '1.5h', '5m1h', '5m5m', '5M', '1e3s', 'm', ' 5m', '0s', '0h0m', '30d', '9999999999999999999999s'])(
  'refuses %j by name',
  (text) => {
    const error = caught(() => parseDuration(text));
    expect(error).toMatchObject({ code: 'HF_DURATION', kind: 'invalid-argument', retry: 'no' });
    expect(error.message).toContain(`'${text}'`);
    expect(error.hint).toContain('1h30m');
  },
);

test('takes the longest timer and nothing longer', () => {
  expect(parseDuration(`${maxDurationMs}ms`)).toBe(maxDurationMs);
  expect(() => parseDuration(`${maxDurationMs + 1}ms`)).toThrow('24d20h31m23s647ms');
});

test.each([
  [0, '0ms'],
  [0.4, '0ms'],
  [250, '250ms'],
  [12.6, '13ms'],
  [5_400_000, '1h30m'],
  [93_784_005, '1d2h3m4s5ms'],
])('writes %d', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('what it writes, it reads', () => {
  for (const ms of [1, 999, 1000, 61_001, 86_399_999, maxDurationMs]) expect(parseDuration(formatDuration(ms))).toBe(ms);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('does not write %d', (ms) => {
  expect(caught(() => formatDuration(ms)).code).toBe('HF_DURATION');
});

function caught(run: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    run();
  } catch (error) {
    if (isHoldfastError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
