import { formatSize, isHoldfastError, parseSize } from '@holdfast/core';
import { expect, test } from 'vitest';

test.each([
  ['512B', 512],
  ['1KiB', 1024],
  ['1kB', 1000],
  ['1KB', 1000],
  ['64MiB', 67_108_864],
  ['10GB', 10_000_000_000],
  ['1.5GiB', 1_610_612_736],
  ['0.5KiB', 512],
])('reads %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '64', '64M', '64mib', '64 MiB', '-1MiB', '5x', '.5GiB', '1.MiB', 'MiB', '0B', '0GiB', '0.1KiB', '8PiB', '99999999999PB', '1e3MB'])(
  'refuses %j by name',
  (text) => {
    const error = caught(() => parseSize(text));
    expect(error).toMatchObject({ code: 'HF_SIZE', kind: 'invalid-argument' });
    expect(error.message).toContain(`'${text}'`);
    expect(error.hint).toContain('64MiB');
  },
);

test.each([
  [0, '0B'],
  [999, '999B'],
  [1000, '0.98KiB'],
  [1024, '1KiB'],
  [1_234_567, '1.18MiB'],
  [67_108_864, '64MiB'],
  [10_000_000_000, '9.31GiB'],
  [1023 * 1024, '1MiB'],
])('writes %d', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test.each([-1, Number.NaN])('does not write %d', (bytes) => {
  expect(caught(() => formatSize(bytes)).code).toBe('HF_SIZE');
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
