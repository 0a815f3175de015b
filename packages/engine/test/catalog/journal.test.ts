import { appendFile, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { applyWrite, type CatalogWrite } from '../../src/catalog/catalog-write.js';
import { catchUp } from '../../src/catalog/journal/catch-up.js';
import { JournalFile } from '../../src/catalog/journal/journal-file.js';
import { journalLine } from '../../src/catalog/journal/journal-lines.js';
import { ownJournalName } from '../../src/catalog/journal/journal-name.js';
import { moodyCatalog } from './moody-catalog.js';
import { at, everything, expected, journals, key, lifeOf, openDesk, tell } from './desk.js';
import { catalogPlace, contentOf } from './place.js';

for (const mood of ['dead', 'hangs', 'writes-lost'] as const) {
  for (const missed of [0, 4, 11]) {
    test(`a catalog that ${mood} after ${missed} records and comes back has all of them in order`, async () => {
      await using place = await catalogPlace();
      const writes = await lifeOf(place, 'job');
      const { folder, moody, notes, events } = await openDesk(place);
      await tell(notes, writes.slice(0, missed));
      moody.mood = mood;
      await tell(notes, writes.slice(missed, missed + 1));
      expect(events).toMatchObject([{ type: 'catalog.unavailable' }]);
      expect(await journals(folder)).toHaveLength(1);
      moody.mood = 'well';
      await tell(notes, writes.slice(missed + 1));
      await notes.settled();
      expect(events.map(({ type }) => type)).toEqual(['catalog.unavailable', 'catalog.recovered']);
      expect(await everything(moody.catalog)).toEqual(await expected(place, writes));
      expect(await journals(folder)).toEqual([]);
    });
  }
}

test('a catalog that comes back while nothing is noted is caught up with all the same', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const { folder, moody, notes, events } = await openDesk(place);
  moody.mood = 'dead';
  await tell(notes, writes);
  moody.mood = 'well';
  await expect.poll(() => events.at(-1)?.type, { timeout: 20_000 }).toBe('catalog.recovered');
  expect(await journals(folder)).toEqual([]);
  expect(await everything(moody.catalog)).toEqual(await expected(place, writes));
});

test('what a run could not tell to its end the next process of the node tells, the oldest run first', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const desk = await openDesk(place);
  desk.moody.mood = 'dead';
  await tell(desk.notes, writes.slice(0, 6));
  await desk.notes.settled();
  const second = await openDesk(place);
  second.moody.mood = 'hangs';
  await tell(second.notes, writes.slice(6));
  await second.notes.settled();
  expect(await journals(desk.folder)).toHaveLength(2);
  desk.moody.mood = 'well';
  await desk.next();
  expect(await everything(desk.moody.catalog)).toEqual(await expected(place, writes));
  expect(await journals(desk.folder)).toEqual([]);
});

test('a catalog that dies at any call of catching up gets the rest later, and nothing twice', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const full = await expected(place, writes);
  const desk = await openDesk(place);
  desk.moody.mood = 'dead';
  await tell(desk.notes, writes);
  await desk.notes.settled();
  for (let calls = 1; (await journals(desk.folder)).length > 0; calls += 1) {
    expect(calls).toBeLessThan(100);
    const dying = moodyCatalog(desk.moody.catalog);
    desk.moody.mood = 'well';
    dying.diesAfter = calls;
    await desk.next(dying.catalog).catch(() => undefined);
  }
  expect(await everything(desk.moody.catalog)).toEqual(full);
});

test('of several that catch up at once each journal is taken by one, and nothing comes twice', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const desk = await openDesk(place);
  desk.moody.mood = 'dead';
  await tell(desk.notes, writes);
  await desk.notes.settled();
  desk.moody.mood = 'well';
  await Promise.all([desk.next(), desk.next(), desk.next()]);
  expect(await everything(desk.moody.catalog)).toEqual(await expected(place, writes));
  expect(await journals(desk.folder)).toEqual([]);
});

test('what is newer in the catalog stays, and what was removed from the storage is not brought back', async () => {
  await using place = await catalogPlace();
  const [kept, gone] = [await lifeOf(place, 'kept'), await lifeOf(place, 'gone')];
  const desk = await openDesk(place);
  desk.moody.mood = 'dead';
  await tell(desk.notes, [...kept.slice(0, 9), ...gone]);
  await desk.notes.settled();
  desk.moody.mood = 'well';
  for (const entry of kept.slice(10)) await applyWrite(desk.moody.catalog, entry);
  await place.store.remove('gone', { attempt: 'r', host: 'h', pid: 1 });
  await desk.next();
  expect(await contentOf(desk.moody.catalog)).toMatchObject([
    { record: { job: 'kept', status: 'succeeded' }, attempts: [{ outcome: 'exited' }], checkpoints: [{ number: 3 }, { number: 2 }] },
  ]);
});

test('a record that the catalog refuses holds up nothing', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const bad: CatalogWrite = { write: 'event', record: { job: 'job', attempt: undefined, at: 'yesterday', type: 'x', detail: {} } };
  const { moody, notes, events, logged } = await openDesk(place);
  await tell(notes, [bad, ...writes.slice(0, 3)]);
  expect(events).toEqual([]);
  moody.mood = 'dead';
  await tell(notes, [bad, ...writes.slice(3)]);
  moody.mood = 'well';
  await notes.settled();
  expect(await everything(moody.catalog)).toEqual(await expected(place, writes));
  expect(logged.filter((text) => text === 'the catalog refused a record')).toHaveLength(2);
});

test('a torn line is passed over, in the middle too, and what follows it is not', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const desk = await openDesk(place);
  desk.moody.mood = 'dead';
  await tell(desk.notes, writes.slice(0, 5));
  await desk.notes.settled();
  const path = join(desk.folder, (await journals(desk.folder))[0] ?? '');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(desk.folder)).mode & 0o777).toBe(0o700);
  const lost: CatalogWrite = { write: 'event', record: { job: 'job', attempt: undefined, at: at(30), type: 'torn', detail: {} } };
  await appendFile(path, journalLine(lost).slice(0, -3));
  for (const entry of writes.slice(5)) await appendFile(path, journalLine(entry));
  await appendFile(path, journalLine(lost));
  await truncate(path, (await stat(path)).size - 4);
  desk.moody.mood = 'well';
  await desk.next();
  expect(await everything(desk.moody.catalog)).toEqual(await expected(place, writes));
  expect(desk.logged.at(-1)).toContain('not whole');
});

test('journals of another catalog, of a newer Holdfast and of a process that lives stay where they are', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const desk = await openDesk(place);
  desk.moody.mood = 'dead';
  await tell(desk.notes, writes);
  await catchUp({ ...desk, key, catalog: desk.moody.catalog, store: () => Promise.resolve(place.store), logger: silentLogger });
  expect(await journals(desk.folder)).toHaveLength(1);
  await desk.notes.settled();
  const [file = ''] = await journals(desk.folder);
  await catchUp({ ...desk, key: 'f'.repeat(16), catalog: desk.moody.catalog, store: () => Promise.resolve(place.store), logger: silentLogger });
  expect(await journals(desk.folder)).toEqual([file]);
  const content = await readFile(join(desk.folder, file), 'utf8');
  await writeFile(join(desk.folder, file), content.replace(/^\n.*\n/u, journalLine({ version: 2 } as never) + '\n'));
  desk.moody.mood = 'well';
  await desk.next();
  expect(await journals(desk.folder)).toHaveLength(1);
  expect(await contentOf(desk.moody.catalog)).toEqual([]);
});

test('a journal is bounded: events go first', async () => {
  await using place = await catalogPlace();
  const [job] = await lifeOf(place, 'job');
  const event: CatalogWrite = { write: 'event', record: { job: 'job', attempt: 'a', at: at(1), type: 'x', detail: { text: 'y'.repeat(400) } } };
  if (job === undefined) throw new Error('no record');
  const file = new JournalFile(join(place.folder, 'bounded'), ownJournalName(key, 1), 1500);
  const kept: boolean[] = [];
  for (const entry of [event, event, event, job, job, job, job, job, job, job]) kept.push(await file.append({ repositoryId: 'r' }, entry));
  expect(kept.slice(0, 4)).toEqual([true, true, false, true]);
  expect(kept.at(-1)).toBe(false);
  expect((await stat(file.path)).size).toBeLessThanOrEqual(3000);
});

test('a journal whose first line was torn, as by a full disk, and begun again is brought over', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const desk = await openDesk(place);
  const file = new JournalFile(desk.folder, ownJournalName(key, 1));
  await mkdir(desk.folder);
  await writeFile(file.path, journalLine({ version: 1, catalog: key, repositoryId: place.store.repositoryId }).slice(0, -5));
  for (const entry of writes) await file.append({ repositoryId: place.store.repositoryId }, entry);
  await file.leave();
  await desk.next();
  expect(await everything(desk.moody.catalog)).toEqual(await expected(place, writes));
  expect(desk.logged.at(-1)).toContain('not whole');
});

test('where the node takes no journal, a catalog that answers again is told what comes from then on', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const { folder, moody, notes, events } = await openDesk(place);
  await writeFile(folder, 'in the way');
  moody.mood = 'dead';
  await tell(notes, writes.slice(0, 1));
  moody.mood = 'well';
  await expect.poll(() => events.at(-1)?.type, { timeout: 20_000 }).toBe('catalog.recovered');
  await tell(notes, writes.slice(1));
  await notes.settled();
  expect(await everything(moody.catalog)).toEqual(await expected(place, writes));
});

test('where the node takes no journal the run goes on, and it is said once', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const desk = await openDesk(place);
  await writeFile(desk.folder, 'in the way');
  desk.moody.mood = 'dead';
  await tell(desk.notes, writes);
  await desk.notes.settled();
  expect(desk.logged.filter((text) => text.includes('cannot be kept'))).toHaveLength(1);
});
