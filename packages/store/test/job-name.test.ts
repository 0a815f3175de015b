import { parseJobName } from '@holdfast/store';
import { expect, test } from 'vitest';

test.each(['a', 'A-1_b.c', '-', '_x', '0', 'x'.repeat(128), 'a..b'])('%s is a job name', (name) => {
  expect(parseJobName(name)).toBe(name);
});

test.each(['', '.', '..', '.a', 'a/b', 'a\0', 'a b', 'a\n', 'ä', 'x'.repeat(129), undefined, 7, null])('%s is refused', (name) => {
  expect(() => parseJobName(name)).toThrow(expect.objectContaining({ code: 'HF_JOB_NAME' }));
});
