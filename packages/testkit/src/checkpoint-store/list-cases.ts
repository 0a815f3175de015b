import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, patternBytes } from './objects.js';

const bytes = patternBytes(40 * 4096, 1);

export const listCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('snapshots are listed newest first', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, bytes);
    const two = await commitBytes(store, epoch, one, bytes);
    const next = await elsewhere.claim('job', holder('b'), newest);
    const three = await commitBytes(elsewhere, next, two, bytes);
    deepEqual(await store.list('job'), [three, two, one]);
  }),
  storeCase('verify finds nothing wrong in a whole repository, and counts what it read', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await commitBytes(store, epoch, await commitBytes(store, epoch, undefined, bytes), patternBytes(bytes.length, 2));
    await store.claim('empty', holder('a'), newest);
    let told = 0;
    const report = await store.verify(undefined, {
      onProgress: (count) => {
        ok(count >= told);
        told = count;
      },
    });
    deepEqual([report.ok, report.problems, report.snapshots], [true, [], 2]);
    ok(report.blocks >= 2 && report.bytes > bytes.length / 2);
    equal(told, report.bytes);
    deepEqual((await store.verify('job')).snapshots, 2);
    deepEqual((await store.verify('unknown')).ok, true);
  }),
];
