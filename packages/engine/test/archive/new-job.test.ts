import { expect, test } from 'vitest';
import { contentOf, exported, imported, openPlaces, takeSnapshot } from './archives.js';

test('a job that is there already is refused by name, before a byte of the archive is read', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  await imported(places, archive);
  const before = await contentOf(places.there, 'new', 1);
  const unread = {
    [Symbol.asyncIterator]: (): never => {
      throw new Error('the archive was read');
    },
  };
  const refusal = { code: 'HF_JOB_EXISTS', kind: 'conflict', message: expect.stringContaining('new') as string };
  await expect(imported(places, unread, { attempt: 'import-2' })).rejects.toMatchObject(refusal);
  expect(await contentOf(places.there, 'new', 1)).toEqual(before);
});

test('a job that runs and has no snapshot yet is there, too', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const epoch = await places.there.claim('new', { attempt: 'a-run', host: 'there', pid: 1 }, { kind: 'newest' });
  await expect(imported(places, archive)).rejects.toMatchObject({ code: 'HF_JOB_EXISTS' });
  await places.there.assertCurrent(epoch);
});

test('what somebody else commits while an import looks and claims stays eligible', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const { there } = places;
  let looks = 0;
  const racing = {
    repositoryId: there.repositoryId,
    state: async (job: string) => {
      const state = await there.state(job);
      looks += 1;
      if (looks === 2) await takeSnapshot(there, job);
      return state;
    },
    claim: there.claim.bind(there),
  };
  await expect(imported(places, archive, { store: racing as unknown as typeof there })).rejects.toMatchObject({ code: 'HF_JOB_EXISTS' });
  expect(await there.list('new')).toMatchObject([{ attempt: 'a1', eligible: true }]);
});

test('somebody who claims the job while it is imported keeps it', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  async function* interrupted(): AsyncGenerator<Buffer> {
    yield archive.subarray(0, -2048);
    await places.there.claim('new', { attempt: 'a-run', host: 'there', pid: 1 }, { kind: 'newest' });
    yield archive.subarray(-2048);
  }
  await expect(imported(places, interrupted())).rejects.toMatchObject({ code: 'HF_FENCED' });
  expect((await places.there.state('new')).newest).toBeUndefined();
});
