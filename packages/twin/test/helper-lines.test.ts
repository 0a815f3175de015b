import { expect, test } from 'vitest';
import { changedWords, dropWords, forkWords, parseHelperLine, parseRuns, parseTwins, sweepWords } from '../src/helper-lines.js';

const freezer = { kind: 'v2', directory: '/sys/fs/cgroup/a job' } as const;

test('requests are words of one line', () => {
  expect(forkWords({ freezer, pids: [3, 40], subreapers: [3], twinGroupDirectories: ['/a', '/b c'], deadlineMs: 1.5 })).toEqual([
    'fork',
    'v2',
    '/sys/fs/cgroup/a job',
    '2',
    '3,40',
    '3',
    '/a',
    '/b c',
  ]);
  expect(dropWords({ freezer, frozen: true, deadlineMs: 10 })).toEqual(['drop', 'v2', '/sys/fs/cgroup/a job', '10', 'frozen']);
  expect(sweepWords({ freezer, deadlineMs: 10 })).toEqual(['sweep', 'v2', '/sys/fs/cgroup/a job', '10']);
  const runs = [
    { firstPage: 34_359_738_367, pageCount: 1 },
    { firstPage: 5, pageCount: 7 },
  ];
  expect(changedWords(3, runs)).toEqual(['changed', '3', '34359738367:1,5:7']);
});

test.each(['/a\tb', '/a\nb', ''])('%j is refused as a path', (directory) => {
  expect(() => dropWords({ freezer: { kind: 'v1', directory }, frozen: false, deadlineMs: 1 })).toThrow(RangeError);
});

test('answers are told by their first two words', () => {
  expect(parseHelperLine('*\tholdfast-twin\t1')).toEqual({ type: 'hello', version: 1 });
  expect(parseHelperLine('7\tok\t120\t3:4')).toEqual({ type: 'ok', id: 7, words: ['120', '3:4'] });
  expect(parseHelperLine('7\terror\tpids\ta limit')).toEqual({ type: 'error', id: 7, reason: 'pids', text: 'a limit' });
  expect(parseHelperLine('7\tperhaps')).toBeUndefined();
  expect(parseHelperLine('*\tholdfast-tree\t1')).toBeUndefined();
});

test('lists are read, and runs that touch are one', () => {
  expect(parseTwins('3:4,5:6')).toEqual([
    { pid: 3, twinPid: 4 },
    { pid: 5, twinPid: 6 },
  ]);
  expect(parseTwins('')).toEqual([]);
  expect(parseRuns('1:2,3:4,9:1')).toEqual([
    { firstPage: 1, pageCount: 6 },
    { firstPage: 9, pageCount: 1 },
  ]);
});
