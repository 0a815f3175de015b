import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { contentOf, exported, imported, openPlaces, takeSnapshot } from './archives.js';
import { dyingOperations } from './dying-operations.js';
import { forged } from './forge.js';

test('an import killed before any operation on a file leaves a whole snapshot or none, and may be repeated', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const original = await contentOf(places.here, 'job', 1);
  const found = { whole: 0, none: 0 };
  for (let dying = 0; ; dying += 1) {
    const root = await mkdtemp(join(tmpdir(), 'hf-killed-'));
    await using _folder = { [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
    await openRepository({ root, create: true });
    const { files, count } = dyingOperations(dying);
    const dead = await openRepositoryWith({ root }, { files });
    await imported(places, archive, { store: dead }).catch(() => undefined);
    const store = await openRepository({ root });
    const [first] = await store.list('new');
    expect((await store.state('new')).newest, `killed at ${dying}`).toBe(first?.number);
    const { number } = first ?? (await imported(places, archive, { attempt: 'import-2', store })).summary;
    found[first === undefined ? 'none' : 'whole'] += 1;
    expect(await contentOf(store, 'new', number), `killed at ${dying}`).toEqual(original);
    expect(await store.verify(undefined), `killed at ${dying}`).toMatchObject({ ok: true, snapshots: 1 });
    if (count() <= dying) break;
  }
  expect(found.none).toBeGreaterThan(25);
  expect(found.whole).toBeGreaterThan(1);
}, 60_000);

test('a refused import leaves no folder of the job, whatever is wrong', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const jobs = (): Promise<readonly string[]> => readdir(join(places.folder, 'there', 'jobs')).catch(() => []);
  const wrong = [archive.subarray(0, -4096), await forged(archive, (manifest) => manifest.objects.reverse()), Buffer.alloc(2048)];
  for (const [at, bytes] of wrong.entries()) {
    await expect(imported(places, bytes, { attempt: `import-${at}` })).rejects.toMatchObject({
      kind: expect.stringMatching(/corrupt|argument/u) as string,
    });
    expect(await jobs(), `archive ${at}`).toEqual([]);
  }
  const { summary } = await imported(places, archive, { attempt: 'import-last' });
  expect(summary).toMatchObject({ epoch: 1 });
});

test('what somebody did under the name of a refused import stays', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  async function* interrupted(): AsyncGenerator<Buffer> {
    yield archive.subarray(0, -4096);
    await takeSnapshot(places.there, 'new');
  }
  await expect(imported(places, interrupted())).rejects.toMatchObject({ code: 'HF_ARCHIVE_CORRUPT' });
  expect(await places.there.list('new')).toMatchObject([{ attempt: 'a1', eligible: true }]);
  expect(await places.there.verify('new')).toMatchObject({ ok: true, snapshots: 1 });
});
