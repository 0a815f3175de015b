import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine } from '../container/machine.js';
import { countChangedPages } from './naive-diff.js';
import { expectRebuilt, goOn, openShapeStore, startShape, storeDump } from './shapes.js';

const pagesInMebibyte = 256;

test.each([
  ['64 MiB of shared memory', 'shared', 2, 64],
  ['forked children', 'forks', 4, 16],
] as const)('a job with %s that does nothing stores next to nothing, also after a resume', async (_, kind, processes, mebibytes) => {
  await using machine = await Machine.open();
  const { store, epoch } = await openShapeStore(machine);
  const container = await startShape(machine, processes, kind, '7', String(mebibytes));
  const first = await machine.save(container);
  const one = await storeDump(store, epoch, undefined, first.imagesDirectory);
  // Three quarters are not zero.
  expect(one.changedPages).toBeGreaterThan((mebibytes * pagesInMebibyte) / 2);
  const second = await machine.save(container);
  const two = await storeDump(store, epoch, one.ref, second.imagesDirectory);
  expect(two.changedPages).toBeLessThan(40);
  const rebuilt = join(machine.base, 'rebuilt');
  await expectRebuilt(store, two.ref, second.imagesDirectory, rebuilt);
  await container.kill();
  await container.dispose();
  const resumed = await machine.restore({ ...second, imagesDirectory: rebuilt });
  const third = await machine.save(resumed);
  const three = await storeDump(store, epoch, two.ref, third.imagesDirectory);
  expect(three.changedPages).toBeLessThan(40);
  await resumed.dispose();
});

test('what forked children have in common with the process that they were forked from is stored once', async () => {
  await using machine = await Machine.open();
  const { store, epoch } = await openShapeStore(machine);
  const container = await startShape(machine, 4, 'forks', '7', '16');
  const { objects, results } = await storeDump(store, epoch, undefined, (await machine.save(container)).imagesDirectory);
  const [init, parent, ...children] = objects.filter(({ kind }) => kind === 'memory');
  expect(children).toHaveLength(3);
  expect([init?.like, parent?.like]).toEqual([undefined, undefined]);
  for (const { key, like, sizeBytes } of children) {
    expect(like).toBe(parent?.key);
    expect(sizeBytes).toBeGreaterThan(12 << 20);
    expect(results.get(key)?.changedPages).toBeLessThan(40);
  }
  await container.dispose();
});

test('memory that a job moves to another address is not stored again', async () => {
  await using machine = await Machine.open();
  const { store, epoch } = await openShapeStore(machine);
  const container = await startShape(machine, 1, 'moved', '7', '16');
  const one = await storeDump(store, epoch, undefined, (await machine.save(container)).imagesDirectory);
  await goOn(machine, 1, 1);
  const two = await storeDump(store, epoch, one.ref, (await machine.save(container)).imagesDirectory);
  expect(countChangedPages(one.objects, two.objects)).toBeGreaterThan(12 * pagesInMebibyte);
  // New ones, and 200 at the most that were written to.
  expect(two.changedPages).toBeLessThan(600);
  await container.dispose();
});
