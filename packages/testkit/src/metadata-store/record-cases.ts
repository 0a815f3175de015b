import { deepEqual } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { acquired, attempt, checkpoint, event, job, type MetadataStoreFixture, timeAfter } from './fixture.js';
import { storeCase } from './store-case.js';

/** Attempts, checkpoints and events. */
export const recordCases: readonly ContractCase<MetadataStoreFixture>[] = [
  storeCase('attempts are replaced by job and attempt, and listed newest first', async (store, elsewhere) => {
    const first = attempt('a', { startedAt: timeAfter(9) });
    const second = attempt('b', { epoch: 2, startedAt: timeAfter(1), resumedFrom: 7 });
    await store.putAttempt(first);
    await store.putAttempt(second);
    await store.putAttempt(attempt('a', { job: 'other' }));
    deepEqual(await elsewhere.listAttempts('job'), [second, first]);
    const ended = { ...first, endedAt: timeAfter(10), outcome: 'exited', exitCode: 0 } as const;
    await elsewhere.putAttempt(ended);
    deepEqual(await store.listAttempts('job'), [second, ended]);
    deepEqual(await store.listAttempts('none'), []);
  }),
  storeCase('checkpoints are replaced by job and number, and listed newest first', async (store, elsewhere) => {
    for (const number of [2, 10, 1]) await store.putCheckpoint(checkpoint(number));
    await store.putCheckpoint(checkpoint(3, { job: 'other' }));
    await elsewhere.putCheckpoint(checkpoint(2, { freezeMs: 0.25, storedBytes: 2 ** 45 }));
    deepEqual((await store.listCheckpoints('job')).items, [checkpoint(10), checkpoint(2, { freezeMs: 0.25, storedBytes: 2 ** 45 }), checkpoint(1)]);
    deepEqual((await store.listCheckpoints('none')).items, []);
  }),
  storeCase('removal takes the checkpoints named, of that job, and ignores absent ones', async (store) => {
    for (const number of [1, 2, 3]) await store.putCheckpoint(checkpoint(number));
    await store.putCheckpoint(checkpoint(1, { job: 'other' }));
    await store.removeCheckpoints('job', [1, 3, 99]);
    await store.removeCheckpoints('job', []);
    await store.removeCheckpoints('none', [1]);
    deepEqual((await store.listCheckpoints('job')).items, [checkpoint(2)]);
    deepEqual((await store.listCheckpoints('other')).items, [checkpoint(1, { job: 'other' })]);
    for (const number of [499, 500, 4999]) await store.putCheckpoint(checkpoint(number));
    await store.removeCheckpoints(
      'job',
      Array.from({ length: 5000 }, (_, index) => index),
    );
    deepEqual((await store.listCheckpoints('job')).items, []);
  }),
  storeCase('a job is removed with all that is known of it, and no other; its lease stays', async (store, elsewhere) => {
    for (const name of ['job', 'other']) {
      await store.putJob(job(name, { labels: { team: 'a' } }));
      await store.putAttempt(attempt('a', { job: name }));
      await store.putCheckpoint(checkpoint(1, { job: name }));
      await store.appendEvent(event('e', { job: name }));
    }
    const lease = await acquired(store, 'job', 'a');
    await elsewhere.removeJob('job');
    await elsewhere.removeJob('job');
    deepEqual((await store.listJobs({ label: { name: 'team', value: 'a' } })).items, [job('other', { labels: { team: 'a' } })]);
    deepEqual(
      [await store.getJob('job'), await store.listAttempts('job'), (await store.listCheckpoints('job')).items, (await store.listEvents('job')).items],
      [undefined, [], [], []],
    );
    deepEqual(
      [await store.listAttempts('other'), (await store.listEvents('other')).items],
      [[attempt('a', { job: 'other' })], [event('e', { job: 'other' })]],
    );
    deepEqual(await store.currentLease('job'), lease);
  }),
  storeCase('events are listed newest first, those of one time in reverse of their order, as they were appended', async (store, elsewhere) => {
    const early = event('early', { at: timeAfter(-5), attempt: undefined });
    const one = event('one', { detail: { n: 1.5, list: [true, null, 'x'], inner: { α: 'β\n' } } });
    const two = event('two');
    const late = event('late', { at: timeAfter(5) });
    for (const record of [late, one, two, early, event('elsewhere', { job: 'other' })]) await store.appendEvent(record);
    deepEqual((await elsewhere.listEvents('job')).items, [late, two, one, early]);
    deepEqual((await store.listEvents('none')).items, []);
  }),
  storeCase(
    'an event that is appended again, on any connection or on several at once, changes nothing; one that differs in a part is another',
    async (store, elsewhere) => {
      const one = event('one', { detail: { n: 1, inner: { list: [null] } } });
      const others = [
        event('one', { detail: { n: 2 } }),
        event('two', { detail: one.detail }),
        event('one', { detail: one.detail, attempt: undefined }),
        event('one', { detail: one.detail, at: timeAfter(1) }),
      ];
      await store.appendEvent(one);
      for (const record of others) await store.appendEvent(record);
      for (const record of [one, ...others]) await elsewhere.appendEvent(structuredClone(record));
      const [, ...same] = others.toReversed();
      deepEqual((await store.listEvents('job')).items, [others.at(-1), ...same, one]);
      await store.appendEvent(event('one', { ...one, job: 'other' }));
      deepEqual((await store.listEvents('other')).items, [{ ...one, job: 'other' }]);
      const late = event('late', { at: timeAfter(5) });
      await Promise.all([store, elsewhere, store, elsewhere].map((each) => each.appendEvent(late)));
      deepEqual((await store.listEvents('job', { limit: 2 })).items, [late, others.at(-1)]);
    },
  ),
  storeCase('a record whose time is not in UTC is refused', async (store) => {
    const time = '2026-01-02T03:04:05+01:00';
    await assertRejects(store.putAttempt(attempt('a', { startedAt: time })), { kind: 'invalid-argument' });
    await assertRejects(store.putAttempt(attempt('a', { endedAt: time })), { kind: 'invalid-argument' });
    await assertRejects(store.putCheckpoint(checkpoint(1, { createdAt: time })), { kind: 'invalid-argument' });
    await assertRejects(store.appendEvent(event('e', { at: time })), { kind: 'invalid-argument' });
    deepEqual([await store.listAttempts('job'), (await store.listCheckpoints('job')).items, (await store.listEvents('job')).items], [[], [], []]);
  }),
];
