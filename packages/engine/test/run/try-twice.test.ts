import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { tryTwice } from '../../src/run/try-twice.js';
import { noTwin } from '../../src/twin/refused.js';

const lost = noTwin('lost', 'the twins were gone');
const cover = noTwin('cover', 'the dump with a covering parent failed');
const other = new HoldfastError('HF_DUMP_FAILED', { message: 'no', kind: 'unexpected', operation: 'dump' });

/** A snapshot that fails with these errors, one a try, before it is taken; `done` is what came of it, in order. */
function snapshot(memory: 'auto' | 'twin', errors: readonly Error[], { aborted = false, ending = false } = {}) {
  const done: unknown[] = [];
  const left = [...errors];
  const context = {
    memory,
    signal: aborted ? AbortSignal.abort() : new AbortController().signal,
    container: { initPid: process.pid },
    emit: ({ type, ...rest }: { readonly type: string }) => void done.push([type, rest]),
    twins: { note: (error: unknown) => void done.push(['twins without', error]) },
    covers: { refuse: (reason: string, error: unknown) => void done.push(['cover refused', reason, error]) },
  };
  const attempt = (refused: string | undefined): Promise<string> => {
    done.push(['try', refused]);
    const error = left.shift();
    return error === undefined ? Promise.resolve('taken') : Promise.reject(error);
  };
  return { done, taken: tryTwice(context, attempt, () => Promise.resolve(ending)) };
}

test('one that does not fail is taken once', async () => {
  const { done, taken } = snapshot('auto', []);
  expect(await taken).toBe('taken');
  expect(done).toEqual([['try', undefined]]);
});

test('one that fails of its twins is taken again without any, which is told and remembered', async () => {
  const { done, taken } = snapshot('auto', [lost]);
  expect(await taken).toBe('taken');
  const told = ['snapshot.without-twin', { reason: 'lost', message: 'the twins were gone' }];
  expect(done).toEqual([['try', undefined], ['twins without', lost], told, ['try', 'lost']]);
});

test('one that fails of its cover is so, too, and the next ones go without a cover', async () => {
  const { done, taken } = snapshot('auto', [cover]);
  expect(await taken).toBe('taken');
  const told = ['snapshot.without-twin', { reason: 'cover', message: cover.message }];
  expect(done).toEqual([['try', undefined], ['cover refused', 'dump', cover], ['twins without', cover], told, ['try', 'cover']]);
});

test('where memory must be from twins one that fails of its cover is taken again with twins and without a cover', async () => {
  const { done, taken } = snapshot('twin', [cover]);
  expect(await taken).toBe('taken');
  expect(done).toEqual([
    ['try', undefined],
    ['cover refused', 'dump', cover],
    ['try', undefined],
  ]);
});

const dump = noTwin('dump', 'the dump that leaves memory out failed', other);

test.each([
  ['at once', [dump]],
  ['once more without a cover', [cover, dump]],
] as const)('where memory must be from twins a dump that fails %s is told as what it is', async (_, errors) => {
  const { taken } = snapshot('twin', errors);
  await expect(taken).rejects.toBe(other);
});

test.each([
  ['that fails of something else', 'auto', other, {}],
  ['that fails of its twins where memory must be from twins', 'twin', lost, {}],
  ['that was aborted', 'auto', lost, { aborted: true }],
  ['whose job is on its way out', 'auto', cover, { ending: true }],
] as const)('one %s fails at once', async (_, memory, error, how) => {
  const { done, taken } = snapshot(memory, [error], how);
  await expect(taken).rejects.toBe(error);
  expect(done).toEqual([['try', undefined]]);
});

test('a second failure is the one that is told', async () => {
  const { done, taken } = snapshot('auto', [lost, other]);
  await expect(taken).rejects.toBe(other);
  expect(done).toHaveLength(4);
});
