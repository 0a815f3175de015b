import { deepEqual, equal, ok } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { acquired, attempt, checkpoint, event, holder, job, type MetadataStoreFixture } from './fixture.js';
import { storeCase } from './store-case.js';

/** Above what a double tells apart. */
const unsafe = 2 ** 53;

/** What a caller without types may give, and numbers at the edge of what JavaScript holds. */
export const argumentCases: readonly ContractCase<MetadataStoreFixture>[] = [
  storeCase('a lease or holder with a wrong member is refused by its name, and nothing is written', async (store) => {
    const lease = await acquired(store, 'job', 'a');
    for (const [member, wrong] of wrongMembers({
      attempt: ['', undefined, 7],
      host: [null],
      bootId: [undefined],
      pid: ['1', -1],
      startTicks: [unsafe],
    })) {
      const given = { ...holder('b'), [member]: wrong };
      await refused(member, store.acquireLease('other', given, 1000));
      await refused(member, store.renewLease({ ...lease, holder: given }, 1000));
      await refused(member, store.releaseLease({ ...lease, holder: given }));
      await refused(member, store.breakLease({ ...lease, holder: given }));
    }
    for (const [member, wrong] of wrongMembers({ term: ['1', unsafe, -1], acquiredAt: ['now', undefined], job: ['', undefined] })) {
      const given = { ...lease, [member]: wrong };
      await refused(member, store.renewLease(given, 1000));
      await refused(member, store.releaseLease(given));
      await refused(member, store.breakLease(given));
    }
    equal(await store.currentLease('other'), undefined);
    deepEqual(await store.currentLease('job'), lease);
  }),
  storeCase('a record with a member that would not come back as it is is refused by its name, and nothing is written', async (store) => {
    const text = ['x'.repeat(256), 'a\0b', undefined, 7];
    const labels = Object.fromEntries(Array.from({ length: 25_000 }, (_, index) => [`label-${index}`, '']));
    for (const [member, wrong] of wrongMembers({
      job: ['', ...text],
      repositoryId: text,
      command: ['./x', [1]],
      status: ['new'],
      labels: [labels, { a: 1 }],
      exitCode: [1.5, 2 ** 31],
    }))
      await refused(member, store.putJob({ ...job('job'), [member]: wrong }));
    for (const [member, wrong] of wrongMembers({
      attempt: ['', ...text],
      epoch: [unsafe, -1, '1'],
      host: text,
      pid: [0.5],
      resumedFrom: [unsafe],
      outcome: ['?'],
    }))
      await refused(member, store.putAttempt({ ...attempt('a'), [member]: wrong }));
    for (const [member, wrong] of wrongMembers({
      number: [unsafe, -1],
      epoch: [unsafe],
      attempt: text,
      freezeMs: [Number.NaN, '1'],
      logicalBytes: [unsafe],
      storedBytes: [unsafe, -1, '1'],
    }))
      await refused(member, store.putCheckpoint({ ...checkpoint(1), [member]: wrong }));
    for (const [member, wrong] of wrongMembers({ job: ['', ...text], type: text, detail: [undefined, 'x'] }))
      await refused(member, store.appendEvent({ ...event('e'), [member]: wrong }));
    await assertRejects(store.removeCheckpoints('job', [unsafe]), { code: 'HF_USAGE' });
    deepEqual([(await store.listJobs()).items, await store.listAttempts('job')], [[], []]);
    deepEqual([(await store.listCheckpoints('job')).items, (await store.listEvents('job')).items], [[], []]);
  }),
  storeCase('the largest numbers come back as they are, and totals above them as the nearest double', async (store) => {
    const most = Number.MAX_SAFE_INTEGER;
    const largest = [1, 2].map((number) => checkpoint(number, { logicalBytes: most, storedBytes: most, epoch: most }));
    await store.putJob(job('job', { exitCode: 2 ** 31 - 1 }));
    for (const record of largest) await store.putCheckpoint(record);
    deepEqual((await store.listCheckpoints('job')).items, largest.toReversed());
    equal((await store.getJob('job'))?.exitCode, 2 ** 31 - 1);
    equal((await store.totals()).storedBytes, 2 * most);
    await store.removeCheckpoints('job', [1]);
    equal((await store.totals()).storedBytes, most);
  }),
];

function wrongMembers(values: Readonly<Record<string, readonly unknown[]>>): readonly (readonly [string, unknown])[] {
  return Object.entries(values).flatMap(([member, all]) => all.map((value) => [member, value] as const));
}

async function refused(member: string, call: Promise<unknown>): Promise<void> {
  const { message } = await assertRejects(call, { code: 'HF_USAGE', kind: 'invalid-argument' });
  ok(message.includes(member), `'${message}' does not name ${member}`);
}
