import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { catchUp } from '../../src/catalog/journal/catch-up.js';
import { tellEnd } from '../../src/catalog/tell-end.js';
import { liveThrough } from './history.js';
import { moodyCatalog } from './moody-catalog.js';
import { type CatalogPlace, catalogPlace, contentOf } from './place.js';

const key = '0123456789abcdef';
const endedAt = '2026-11-20T11:00:00.000Z';

/** A job whose end only the repository was told of. */
async function ended(place: CatalogPlace): Promise<void> {
  const epoch = await liveThrough(place, 'job', 'a', { snapshots: 1 });
  await place.store.end(epoch, { exitCode: 0, endedAt });
}

const journalOf = ({ folder }: CatalogPlace) => ({ folder: join(folder, 'journal'), key });
const told = {
  record: { status: 'succeeded', exitCode: 0, updatedAt: endedAt },
  attempts: [{ attempt: 'a', outcome: 'exited', exitCode: 0, endedAt }],
};

test('the catalog says how the job ended', async () => {
  await using place = await catalogPlace();
  await ended(place);
  await tellEnd({ ...place, journal: journalOf(place), logger: silentLogger }, 'job', 'a');
  expect(await contentOf(place.catalog)).toMatchObject([told]);
});

test('a catalog that is away hears of it from whoever opens it next; what it was told of a newer attempt meanwhile stays', async () => {
  await using place = await catalogPlace();
  await ended(place);
  const moody = moodyCatalog(place.catalog);
  moody.mood = 'dead';
  await tellEnd({ ...place, catalog: moody.catalog, journal: journalOf(place), logger: silentLogger }, 'job', 'a');
  const next = { ...journalOf(place), catalog: place.catalog, store: () => Promise.resolve(place.store), logger: silentLogger };
  await place.catalog.putAttempt({ ...(await only(place)), outcome: 'lost', endedAt });
  await catchUp(next);
  expect(await contentOf(place.catalog)).toMatchObject([told]);
  const newer = { status: 'running' as const, updatedAt: '2026-11-20T12:00:00.000Z', exitCode: undefined };
  await tellEnd({ ...place, catalog: moody.catalog, journal: journalOf(place), logger: silentLogger }, 'job', 'a');
  await place.catalog.putJob({ ...(await jobOf(place)), ...newer });
  await catchUp(next);
  expect(await contentOf(place.catalog)).toMatchObject([{ record: newer, attempts: told.attempts }]);
});

async function only({ catalog }: CatalogPlace) {
  const [attempt] = await catalog.listAttempts('job');
  if (attempt === undefined) throw new Error('the catalog knows no attempt');
  return attempt;
}

async function jobOf({ catalog }: CatalogPlace) {
  const record = await catalog.getJob('job');
  if (record === undefined) throw new Error('the catalog does not know the job');
  return record;
}
