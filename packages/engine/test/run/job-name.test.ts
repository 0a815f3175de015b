import { expect, test } from 'vitest';
import { defaultJobName } from '../../src/run/job-name.js';

test('the same line in the same directory is the same job', () => {
  expect(defaultJobName('/data', ['./train.sh', '--epochs', '3'])).toBe(defaultJobName('/data', ['./train.sh', '--epochs', '3']));
  expect(defaultJobName('/data', ['./train.sh', '3'])).toMatch(/^train\.sh-[0-9a-f]{8}$/);
});

test('another directory, argument or split of arguments is another job', () => {
  const names = [
    defaultJobName('/a', ['x', 'y z']),
    defaultJobName('/b', ['x', 'y z']),
    defaultJobName('/a', ['x', 'y', 'z']),
    defaultJobName('/a/x', ['y z']),
    defaultJobName('/a', ['x', 'y  z']),
  ];
  expect(new Set(names).size).toBe(names.length);
});

test.each([['/'], ['...'], ['..hidden'], ['näme'], ['a/b/c d'], ['x'.repeat(300)]])('the program %j gives a name that a job may have', (program) => {
  expect(defaultJobName('/', [program])).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/);
});
