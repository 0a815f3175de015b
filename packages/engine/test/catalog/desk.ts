import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, type MetadataStore, silentLogger } from '@holdfast/core';
import { boundedCatalog } from '../../src/catalog/bounded-catalog.js';
import { applyWrite, type CatalogWrite } from '../../src/catalog/catalog-write.js';
import { catchUp } from '../../src/catalog/journal/catch-up.js';
import { CatalogNotes } from '../../src/run/catalog-notes.js';
import type { RunEventBody } from '../../src/run/events.js';
import { type MoodyCatalog, moodyCatalog } from './moody-catalog.js';
import { type CatalogPlace, contentOf } from './place.js';

export const key = '0123456789abcdef';
export const at = (second: number): string => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();

/** What a run tells its catalog, in order; the job is claimed and has snapshots 2 and 3. Its events are of one instant: their order is that of the writes. */
export async function lifeOf(place: CatalogPlace, job: string): Promise<readonly CatalogWrite[]> {
  const { store } = place;
  const epoch = await store.claim(job, { attempt: `of-${job}`, host: 'h', pid: 7 }, { kind: 'newest' });
  const identity = { job, repositoryId: store.repositoryId, command: ['./x', 'ü\n'], workingDirectory: '/data', labels: { team: 'x' } };
  const record = { ...identity, status: 'running' as const, createdAt: at(1), updatedAt: at(1), exitCode: undefined };
  const attempt = { job, attempt: epoch.attempt, epoch: 1, host: 'h', pid: 7, startedAt: at(1), resumedFrom: undefined };
  const writes: CatalogWrite[] = [
    { write: 'job', record },
    { write: 'lost', job, epoch: 1, at: at(1) },
    { write: 'attempt', record: { ...attempt, endedAt: undefined, outcome: 'running', exitCode: undefined } },
  ];
  let parent: Awaited<ReturnType<typeof store.claim>>['from'];
  for (let number = 1; number <= 3; number += 1) {
    await using writer = await store.begin(epoch, parent);
    const { summary } = await writer.commit({ number });
    parent = summary;
    const { parent: _parent, eligible: _eligible, ...rest } = summary;
    writes.push({ write: 'snapshot', record: { ...rest, freezeMs: 5 } });
    writes.push({
      write: 'event',
      record: { job, attempt: epoch.attempt, at: at(5), type: 'snapshot.committed', detail: { number, z: 1, a: [{}] } },
    });
  }
  await store.prune(job, { keep: 2, graceMs: 0 });
  writes.push({ write: 'pruned', job, numbers: [1] });
  writes.push({ write: 'job', record: { ...record, status: 'succeeded', updatedAt: at(9), exitCode: 0 } });
  writes.push({ write: 'attempt', record: { ...attempt, endedAt: at(9), outcome: 'exited', exitCode: 0 } });
  return writes;
}

export async function everything(catalog: MetadataStore): Promise<unknown> {
  const { items } = await catalog.listJobs({ limit: 1000 });
  return [await contentOf(catalog), await Promise.all(items.map(async ({ job }) => (await catalog.listEvents(job, { limit: 1000 })).items))];
}

/** What the catalog says that was never away. */
export async function expected(place: CatalogPlace, writes: readonly CatalogWrite[]): Promise<unknown> {
  for (const entry of writes) await applyWrite(place.catalog, entry);
  return everything(place.catalog);
}

export interface Desk {
  readonly folder: string;
  readonly moody: MoodyCatalog;
  readonly notes: CatalogNotes;
  readonly events: RunEventBody[];
  readonly logged: string[];
  /** What the next process of the node does; `catalog` in place of the moody one. */
  next(catalog?: MetadataStore): Promise<void>;
}

export async function openDesk(place: CatalogPlace, retryMs = 1): Promise<Desk> {
  const folder = join(place.folder, 'catalog-journal');
  const moody = moodyCatalog(await place.fresh());
  const logged: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields: unknown, text?: string) => logged.push(String(text)) };
  const events: RunEventBody[] = [];
  const catalog = boundedCatalog('moody', () => Promise.resolve(moody.catalog), 30);
  const { store } = place;
  const notes = new CatalogNotes({ catalog, store, journal: { folder, key }, logger, emit: (event) => events.push(event), retryMs });
  const next = (given = moody.catalog): Promise<void> => catchUp({ folder, key, catalog: given, store: () => Promise.resolve(store), logger });
  return { folder, moody, notes, events, logged, next };
}

export const journals = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

/** Notes everything, and waits until each has had its turn. */
export async function tell(notes: CatalogNotes, writes: readonly CatalogWrite[]): Promise<void> {
  for (const entry of writes) notes.note(entry);
  await new Promise<void>((resolve) => notes.after(() => Promise.resolve(resolve())));
}
