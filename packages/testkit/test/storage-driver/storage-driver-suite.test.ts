import { brokenPromises, runCase } from '@holdfast/testkit/contract';
import { layered, layeredStorageDriverCases, storageDriverCases } from '@holdfast/testkit/storage-driver';
import { expect, test } from 'vitest';
import { brokenDrivers } from './broken-drivers.js';
import { fakeFixture } from './fake-driver.js';

test('a correct driver keeps every promise, bare and in its layers', async () => {
  expect(await brokenPromises(storageDriverCases, () => fakeFixture())).toEqual([]);
  expect(await brokenPromises(layeredStorageDriverCases, async () => layered(await fakeFixture()))).toEqual([]);
});

test('every promise has a driver that breaks it, and no promise is there twice', () => {
  const promises = storageDriverCases.map(({ promise }) => promise);
  expect(new Set(promises).size).toBe(promises.length);
  expect(Object.keys(brokenDrivers).sort()).toEqual([...promises].sort());
});

test.each(storageDriverCases)('a driver that breaks it fails: $promise', async (contractCase) => {
  const broken = brokenDrivers[contractCase.promise];
  await expect(runCase(contractCase, () => fakeFixture(broken))).rejects.toThrow();
});

test('a bare driver fails what only the layers keep', async () => {
  const layerOnly = layeredStorageDriverCases.slice(storageDriverCases.length);
  const broken = await brokenPromises(layerOnly, () => fakeFixture());
  expect(broken).toEqual(layerOnly.map(({ promise }) => promise).filter((promise) => !promise.startsWith('no error leaves')));
});

test('a capability that is false must be refused', async () => {
  const refusing = (capability: string) =>
    storageDriverCases.filter(({ promise }) => promise.includes('is refused where') && promise.startsWith(capability));
  const capabilities = { provision: false, destroy: false, bootFragment: false, multiAttach: false, lastingAttach: false, usage: false };
  const setup = async () => {
    const fixture = await fakeFixture((driver) => ({ ...driver, capabilities }));
    // Storage that is there already, and a driver that does what it says it cannot.
    await fixture.driver.provision();
    return fixture;
  };
  for (const capability of ['provision', 'destroy', 'usage', 'the boot fragment']) {
    const cases = refusing(capability);
    expect(cases).toHaveLength(1);
    expect(await brokenPromises(cases, setup)).toEqual(cases.map(({ promise }) => promise));
  }
});

test('layers make a driver refuse what it declares not to do', async () => {
  const capabilities = { provision: false, destroy: false, bootFragment: false, multiAttach: false, lastingAttach: false, usage: false };
  const setup = async () => {
    const fixture = await fakeFixture((driver) => ({ ...driver, capabilities }));
    await fixture.driver.provision();
    return layered(fixture);
  };
  expect(await brokenPromises(layeredStorageDriverCases, setup)).toEqual([]);
});
