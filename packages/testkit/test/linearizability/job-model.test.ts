import { brokenJobLaws, checkHistory, type JobAnswer, type JobCall, jobModel, type Operation } from '@holdfast/testkit/linearizability';
import { expect, test } from 'vitest';

type Job = Operation<JobCall, JobAnswer>;
type Step = (tick: number) => Job;

/** Times are in the order of writing: each operation is one tick long unless it says otherwise. */
function history(...operations: readonly Step[]): readonly Job[] {
  return operations.map((operation, place) => operation(place * 10));
}

const claim =
  (attempt: string, epoch: number | undefined, from: number, lastsTicks = 0.5) =>
  (tick: number): Job =>
    operation(attempt, tick, lastsTicks, { kind: 'claim', attempt }, epoch === undefined ? undefined : { kind: 'claimed', epoch, from });

const commit =
  (attempt: string, number: number, parent: number, outcome: 'committed' | 'fenced' | undefined, lastsTicks = 0.5) =>
  (tick: number): Job =>
    operation(attempt, tick, lastsTicks, { kind: 'commit', attempt, number, parent }, outcome && { kind: outcome });

const read =
  (attempt: string, epoch: number, newest: number) =>
  (tick: number): Job =>
    operation('reader', tick, 0.5, { kind: 'read' }, { kind: 'seen', epoch, attempt, newest });

function operation(process: string, calledAt: number, lastsTicks: number, call: JobCall, answer: JobAnswer | undefined): Job {
  return { process, call, calledAt, answer, answeredAt: answer && calledAt + lastsTicks * 10 };
}

const kindOf = (...operations: readonly Step[]): string => checkHistory(jobModel, history(...operations)).kind;

test('one attempt after the other, each going on from the newest snapshot', () => {
  expect(
    kindOf(
      claim('a', 1, 0),
      commit('a', 1, 0, 'committed'),
      commit('a', 2, 1, 'committed'),
      claim('b', 2, 2),
      read('b', 2, 2),
      commit('b', 3, 2, 'committed'),
      read('b', 2, 3),
    ),
  ).toBe('linearizable');
});

test('a snapshot reported as committed is not left behind by the next claim, nor by a later one', () => {
  expect(kindOf(claim('a', 1, 0), commit('a', 1, 0, 'committed'), claim('b', 2, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), commit('a', 1, 0, 'committed'), claim('b', 2, 1), claim('c', 3, 0))).toBe('violated');
});

test('who lost the job is not told that it committed', () => {
  expect(kindOf(claim('a', 1, 0), claim('b', 2, 0), commit('a', 1, 0, 'committed'))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), claim('b', 2, 0), commit('a', 1, 0, 'fenced'), read('b', 2, 0))).toBe('linearizable');
});

test('a commit that takes long may come before a claim meanwhile, if that goes on from it', () => {
  expect(kindOf(claim('a', 1, 0), commit('a', 1, 0, 'committed', 5), claim('b', 2, 1), commit('b', 2, 1, 'committed'))).toBe('linearizable');
  expect(kindOf(claim('a', 1, 0), commit('a', 1, 0, 'committed', 5), claim('b', 2, 0), read('b', 2, 0))).toBe('violated');
});

test('two do not both go on from the same snapshot and both count', () => {
  expect(kindOf(claim('a', 1, 0), claim('b', 2, 0), commit('b', 1, 0, 'committed'), commit('b', 2, 0, 'committed'))).toBe('violated');
});

test('a snapshot of unknown outcome is taken over, or left behind for good', () => {
  for (const outcome of ['fenced', undefined] as const) {
    const begun = [claim('a', 1, 0), commit('a', 1, 0, 'committed'), commit('a', 2, 1, outcome, 9)] as const;
    expect(kindOf(...begun, claim('b', 2, 2), read('b', 2, 2))).toBe('linearizable');
    expect(kindOf(...begun, read('a', 1, 2), claim('b', 2, 1), read('b', 2, 1))).toBe('linearizable');
    expect(kindOf(...begun, claim('b', 2, 1), read('b', 2, 1), claim('c', 3, 2))).toBe('violated');
    expect(kindOf(...begun, claim('b', 2, 0))).toBe('violated');
  }
});

test('a commit that was never answered may have done nothing', () => {
  expect(kindOf(claim('a', 1, 0), claim('b', 2, 0), commit('a', 1, 0, undefined), read('b', 2, 0))).toBe('linearizable');
  expect(kindOf(claim('a', 1, 0), claim('b', 2, 0), commit('a', 1, 0, undefined), read('b', 2, 1))).toBe('violated');
});

test('a claim that was never answered may have won', () => {
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), read('a', 1, 0), read('b', 2, 0))).toBe('linearizable');
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), read('b', 2, 0), read('a', 1, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), commit('a', 1, 0, 'committed'), read('a', 1, 1))).toBe('linearizable');
});

test('a claim overtaken by a higher epoch changes nothing', () => {
  expect(kindOf(claim('a', 1, 0, 9), claim('b', 2, 0), commit('b', 1, 0, 'committed'), read('b', 2, 1))).toBe('linearizable');
  expect(kindOf(claim('a', 1, 0, 9), claim('b', 2, 0), commit('b', 1, 0, 'committed'), commit('a', 2, 1, 'committed'))).toBe('violated');
});

test('an overtaken claim may have begun from an older snapshot than the higher epoch did', () => {
  const begun = [claim('a', 1, 0), commit('a', 1, 0, 'committed'), commit('a', 2, 1, 'fenced')] as const;
  expect(kindOf(...begun, claim('b', 2, 1, 9), claim('c', 3, 2), read('c', 3, 2))).toBe('linearizable');
  expect(kindOf(...begun, claim('b', 3, 1, 9), claim('c', 2, 2), read('b', 3, 2))).toBe('violated');
});

test('a reader sees the newest epoch and snapshot, and nothing older after', () => {
  expect(kindOf(claim('a', 1, 0), commit('a', 1, 0, 'committed'), read('a', 1, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), claim('b', 2, 0), read('a', 1, 0))).toBe('violated');
});

test('an epoch is won once, and snapshots have growing numbers', () => {
  expect(kindOf(claim('a', 1, 0), claim('b', 1, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), commit('a', 2, 0, 'committed'), commit('a', 2, 2, 'committed'))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), commit('a', 2, 0, 'committed'), commit('a', 1, 2, 'committed'))).toBe('violated');
});

test('an epoch that is seen was won, and stays what it was', () => {
  expect(kindOf(claim('a', 1, 0), read('a', 7, 0))).toBe('violated');
  expect(kindOf(read('', 0, 0), claim('a', 3, 0), read('a', 2, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), read('b', 1, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), read('b', 4, 0), read('b', 4, 0))).toBe('linearizable');
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), read('b', 4, 0), read('b', 3, 0))).toBe('violated');
  expect(kindOf(claim('a', 1, 0), claim('b', undefined, 0), read('b', 4, 0), claim('c', 3, 0), commit('c', 1, 0, 'committed'))).toBe('violated');
});

test('laws: an epoch has one winner, is above those won before, and nobody is fenced by nothing', () => {
  expect(brokenJobLaws(history(claim('a', 1, 0), claim('b', 2, 0), commit('a', 1, 0, 'fenced')))).toEqual([]);
  expect(brokenJobLaws(history(claim('a', 1, 0), claim('b', 1, 0)))).toEqual(['a and b both won epoch 1']);
  expect(brokenJobLaws(history(claim('a', 5, 0), claim('b', 2, 0)))).toEqual(['b won epoch 2 by a claim that began after a had won epoch 5']);
  expect(brokenJobLaws(history(claim('a', 5, 0, 2), claim('b', 2, 0)))).toEqual([]);
  expect(brokenJobLaws(history(claim('a', 1, 0), commit('a', 1, 0, 'fenced'), claim('b', 2, 0)))).toEqual([
    'snapshot 1 of a was fenced although nobody else claimed the job',
  ]);
  expect(brokenJobLaws(history(claim('a', 1, 0), claim('b', undefined, 0), commit('a', 1, 0, 'fenced')))).toEqual([]);
});

test('laws: a claim begins from a snapshot that somebody wrote before, also where it was overtaken', () => {
  const overtaken = (from: number) => [claim('b', 2, from, 5), claim('c', 3, 0)] as const;
  const invented = ['b began from snapshot 7, which nobody had written'];
  expect(brokenJobLaws(history(claim('a', 1, 0), ...overtaken(7)))).toEqual(invented);
  expect(brokenJobLaws(history(claim('a', 1, 0), commit('a', 6, 0, 'committed'), ...overtaken(7)))).toEqual(invented);
  expect(brokenJobLaws(history(claim('a', 1, 0), ...overtaken(7), claim('d', 9, 0, 40), commit('d', 7, 0, 'committed')))).toEqual([]);
  for (const outcome of ['committed', undefined] as const)
    expect(brokenJobLaws(history(claim('a', 1, 0), commit('a', 7, 0, outcome), ...overtaken(7)))).toEqual([]);
});
