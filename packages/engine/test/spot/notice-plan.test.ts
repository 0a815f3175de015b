import { expect, test } from 'vitest';
import { type NoticeCandidate, planNotice } from '../../src/spot/notice-plan.js';

const gib = 1024 ** 3;
const candidate = (job: string, lossMs: number, gibs: number): NoticeCandidate => ({ job, lossMs, expectedBytes: gibs * gib });
const orderOf = (candidates: readonly NoticeCandidate[], leftMs: number, backlogBytes = 0): readonly string[] =>
  planNotice(candidates, { leftMs, bytesPerSecond: gib, backlogBytes }).map(({ job, makesIt }) => (makesIt ? job : `(${job})`));

test('where all make it, who would lose the most per second of its snapshot comes first', () => {
  const jobs = [candidate('fresh', 1000, 1), candidate('old', 900_000, 1), candidate('old-and-large', 900_000, 20)];
  expect(orderOf(jobs, 110_000)).toEqual(['old', 'old-and-large', 'fresh']);
});

test('many that make it go before one that would lose more but takes all the time; it is tried after them', () => {
  const small = ['a', 'b', 'c', 'd', 'e'].map((job) => candidate(job, 800_000, 10));
  expect(orderOf([candidate('huge', 900_000, 100), ...small], 110_000)).toEqual(['a', 'b', 'c', 'd', 'e', '(huge)']);
});

test('one that cannot make it whatever is done takes no time from the others', () => {
  expect(orderOf([candidate('huge', 9_000_000, 500), candidate('a', 60_000, 10)], 60_000)).toEqual(['a', '(huge)']);
});

test('what is under way is persisted first', () => {
  const jobs = [candidate('a', 60_000, 10)];
  expect(orderOf(jobs, 20_000)).toEqual(['a']);
  expect(orderOf(jobs, 20_000, 15 * gib)).toEqual(['(a)']);
});

test('after the announced time all are tried, in order', () => {
  expect(orderOf([candidate('b', 1000, 1), candidate('a', 2000, 1)], -5000)).toEqual(['(a)', '(b)']);
});

test('a job that would lose nothing is made safe where there is time', () => {
  expect(orderOf([candidate('just-committed', 0, 1), candidate('huge', 900_000, 500)], 60_000)).toEqual(['just-committed', '(huge)']);
});

test('no choice that fits loses less', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 200; round += 1) {
    // A snapshot of so many bytes takes a whole number of the plan's steps: of 50 ms here.
    const jobs = Array.from({ length: 1 + random(8) }, (_, index) => candidate(`job-${index}`, random(900_000), (random(60_000) + 1) * 0.05));
    const leftMs = 100_000;
    const takesMs = (chosen: readonly NoticeCandidate[]): number =>
      chosen.reduce((sum, { expectedBytes }) => sum + 1500 + Math.round((expectedBytes / gib) * 1000), 0);
    const savedMs = (chosen: readonly NoticeCandidate[]): number => chosen.reduce((sum, { lossMs }) => sum + lossMs, 0);
    const subsets = Array.from({ length: 2 ** jobs.length }, (_, bits) => jobs.filter((__, index) => Math.trunc(bits / 2 ** index) % 2 === 1));
    const best = Math.max(...subsets.filter((each) => takesMs(each) <= leftMs).map(savedMs));
    const planned = planNotice(jobs, { leftMs, bytesPerSecond: gib }).filter(({ makesIt }) => makesIt);
    const chosen = jobs.filter(({ job }) => planned.some((each) => each.job === job));
    expect(takesMs(chosen)).toBeLessThanOrEqual(leftMs);
    expect(savedMs(chosen)).toBeGreaterThanOrEqual(best);
  }
});
