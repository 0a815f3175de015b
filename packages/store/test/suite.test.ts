import { checkpointStoreCases } from '@holdfast/testkit/checkpoint-store';
import { brokenPromises, runCase } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { breakages } from './breakages.js';
import { withReaders, withWriters } from './broken-stores.js';
import { emptyRepository } from './fixture.js';

test('there is a broken store for every promise', () => {
  expect(Object.keys(breakages).sort()).toEqual(checkpointStoreCases.map(({ promise }) => promise).sort());
});

for (const each of checkpointStoreCases) {
  test(`a store that breaks it is found: ${each.promise}`, async () => {
    const setup = async (): ReturnType<typeof emptyRepository> => {
      const { open, ...rest } = await emptyRepository();
      const broken = breakages[each.promise];
      return { ...rest, open: async () => (broken === undefined ? await open() : broken(await open())) };
    };
    await expect(runCase(each, setup)).rejects.toThrow();
  });
}

test('a store that is only wrapped breaks nothing', async () => {
  const setup = async (): ReturnType<typeof emptyRepository> => {
    const { open, ...rest } = await emptyRepository();
    return { ...rest, open: async () => withReaders(() => ({}))(withWriters(() => ({}))(await open())) };
  };
  expect(await brokenPromises(checkpointStoreCases, setup)).toEqual([]);
}, 60_000);
