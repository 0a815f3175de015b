import { type HeldLease, leasesWonTwice } from '@holdfast/testkit/linearizability';
import { expect, test } from 'vitest';

const lease = (attempt: string, fromMs: number, untilMs: number): HeldLease => ({ attempt, fromMs, untilMs });

test.each<[string, number, readonly HeldLease[]]>([
  ['none', 0, []],
  ['one after the other, to the millisecond', 0, [lease('a', 10, 70), lease('b', 70, 130), lease('c', 200, 260)]],
  ['released before it would have expired', 0, [lease('a', 10, 30), lease('b', 30, 90)]],
  ['given while another had not ended, whoever is told first', 1, [lease('b', 69, 130), lease('a', 10, 70)]],
  ['inside of a longer one that had been renewed', 1, [lease('a', 10, 500), lease('b', 100, 160)]],
  ['two in the same millisecond', 1, [lease('a', 10, 70), lease('b', 10, 70)]],
  ['three at once: two of them should not have been given', 2, [lease('a', 10, 70), lease('b', 20, 80), lease('c', 30, 90)]],
])('leases of one job: %s', (_what, count, leases) => {
  expect(leasesWonTwice(leases)).toBe(count);
});
