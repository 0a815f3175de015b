import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { randomFrom, repositoryFiles } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';
import { makeHistory } from './history.js';
import { scriptedOperations, systemError } from './scripted-operations.js';

const policy = { keep: 2, graceMs: 0, repackBelow: 0 };

test('a prune killed at any step leaves every snapshot that is still there whole, and the next one finishes', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  const history = await makeHistory(await openRepositoryWith({ root: original, create: true }, { packTargetBytes: 20_000 }), randomFrom(3));
  const reference = join(place.scratch, 'reference');
  await cp(original, reference, { recursive: true });
  await (await openRepository({ root: reference })).prune('first', policy);
  const expected = (await repositoryFiles(reference)).map(({ path }) => path);
  let dying = 0;
  for (; ; dying += 1) {
    const root = join(place.scratch, `killed-${dying}`);
    await cp(original, root, { recursive: true });
    const { files, log } = scriptedOperations((_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    const dead = await openRepositoryWith({ root }, { files });
    const outcome = await dead.prune('first', policy).then(
      () => 'finished',
      () => 'killed',
    );
    if (log.length <= dying) break;
    expect(outcome).toBe('killed');
    const store = await openRepository({ root });
    expect((await store.verify(undefined)).problems, `killed at ${dying}`).toEqual([]);
    const left = await store.list('first');
    for (const { job, number, content } of history.filter((each) => left.some((there) => each.job === 'first' && there.number === each.number))) {
      await using reader = await store.open({ job, number });
      for (const [key, bytes] of content) expect(Buffer.from(await reader.read(key)).equals(bytes)).toBe(true);
    }
    expect(left.length).toBeGreaterThanOrEqual(2);
    await store.prune('first', policy);
    expect(
      (await repositoryFiles(root)).map(({ path }) => path),
      `after ${dying}`,
    ).toEqual(expected);
  }
  expect(dying).toBeGreaterThan(4);
}, 60_000);

test('a snapshot that is pinned stays', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const store = await openRepository({ root, create: true });
  const history = await makeHistory(store, randomFrom(4));
  const { files } = scriptedOperations();
  const pins = join(root, 'jobs', 'first', 'pins');
  await files.makeDirectory(pins);
  await (await files.open(join(pins, '0000000002.fork'), 'create')).close();
  await store.prune('first', { keep: 1 });
  expect((await store.list('first')).map(({ number }) => number)).toEqual([6, 2]);
  await using reader = await store.open({ job: 'first', number: 2 });
  for (const [key, bytes] of history[1]?.content ?? []) expect(Buffer.from(await reader.read(key)).equals(bytes)).toBe(true);
});
