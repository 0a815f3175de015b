import { runCase } from '@holdfast/testkit/contract';
import { metadataStoreCases } from '@holdfast/testkit/metadata-store';
import { expect, test } from 'vitest';
import { brokenStores } from './broken-stores.js';
import { sqliteFixture } from './fixture.js';

// That a correct store keeps every promise is the contract test beside this one.

test('every promise has a store that breaks it, and no promise is there twice', () => {
  const promises = metadataStoreCases.map(({ promise }) => promise);
  expect(new Set(promises).size).toBe(promises.length);
  expect(Object.keys(brokenStores).sort()).toEqual([...promises].sort());
});

test.each(metadataStoreCases)('a store that breaks it fails: $promise', async (contractCase) => {
  await expect(runCase(contractCase, () => sqliteFixture(brokenStores[contractCase.promise]))).rejects.toThrow();
});
