import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine } from '../container/machine.js';
import { countChangedPages } from './naive-diff.js';
import { expectRebuilt, goOn, openShapeStore, reserveHugePages, startShape, storeDump } from './shapes.js';

/** Kind of memory, number of processes. */
const shapes = [
  ['threads', 1],
  ['forks', 4],
  ['huge', 1],
  ['hugetlb', 1],
  ['file', 1],
  ['shared', 2],
  ['moved', 1],
  ['exec', 1],
] as const;

/** Another one each time; the name of a test that fails tells what it was. */
const seed = process.env['HOLDFAST_SEED'] ?? String(Math.floor(Math.random() * 2 ** 32));

test.for(shapes)(
  `two snapshots of a job with %s and %i processes come back byte for byte, and the job too: HOLDFAST_SEED=${seed}`,
  async ([kind, processes], { skip }) => {
    await using machine = await Machine.open();
    await using reserved = kind === 'hugetlb' ? reserveHugePages(16) : undefined;
    if (kind === 'hugetlb' && reserved === undefined && process.env['CI'] !== 'true') skip('this machine gives no huge pages');
    const { store, epoch } = await openShapeStore(machine);
    const container = await startShape(machine, processes, kind, seed);
    const first = await machine.save(container);
    const one = await storeDump(store, epoch, undefined, first.imagesDirectory);
    expect(one.changedPages).toBeLessThanOrEqual(countChangedPages([], one.objects));
    await expectRebuilt(store, one.ref, first.imagesDirectory, join(machine.base, 'rebuilt-1'));
    await goOn(machine, 1, processes);
    const second = await machine.save(container);
    const two = await storeDump(store, epoch, one.ref, second.imagesDirectory);
    expect(two.changedPages).toBeGreaterThan(0);
    expect(two.changedPages).toBeLessThanOrEqual(countChangedPages(one.objects, two.objects));
    const rebuilt = join(machine.base, 'rebuilt-2');
    await expectRebuilt(store, two.ref, second.imagesDirectory, rebuilt);
    await expectRebuilt(store, one.ref, first.imagesDirectory, join(machine.base, 'rebuilt-1-again'));
    await container.kill();
    await container.dispose();
    const resumed = await machine.restore({ ...second, imagesDirectory: rebuilt });
    await goOn(machine, 2, processes);
    await resumed.dispose();
  },
);
