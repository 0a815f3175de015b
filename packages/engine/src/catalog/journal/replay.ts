import { type CheckpointStore, type EventRecord, isHoldfastError, type Logger, type MetadataStore } from '@holdfast/core';
import { applyWrite, type CatalogWrite, jobOf } from '../catalog-write.js';

export interface ReplayContext {
  readonly catalog: MetadataStore;
  /** The repository of the records, where it is this one: what was removed there is not brought back. */
  readonly store: CheckpointStore | undefined;
  readonly logger: Logger;
}

const eventsAtOnce = 1000;

/**
 * Writes what a catalog missed, in order. Parts of it may be there already, and newer ones by others: a newer record stays, and an event comes once.
 * Rejects where the catalog or the storage does not answer; another replay of the same is harmless.
 */
export async function replay(writes: readonly CatalogWrite[], context: ReplayContext): Promise<void> {
  const stored = new Map<string, Promise<ReadonlySet<number> | undefined>>();
  const events = new Map<string, Promise<Set<string>>>();
  for (const entry of writes) {
    const job = jobOf(entry);
    if (!stored.has(job)) stored.set(job, storedNumbers(context, job));
    const numbers = await stored.get(job);
    if (numbers?.size === 0 || (entry.write === 'snapshot' && numbers?.has(entry.record.number) === false)) continue;
    if (entry.write === 'event') {
      if (!events.has(job)) events.set(job, knownEvents(context.catalog, job));
      const known = (await events.get(job)) ?? new Set();
      const key = eventKey(entry.record);
      if (known.has(key)) continue;
      known.add(key);
    }
    await write(entry, context);
  }
}

/** A record that the catalog refuses although it answers would be refused for ever: it must not hold up what comes after it. */
async function write(entry: CatalogWrite, { catalog, logger }: ReplayContext): Promise<void> {
  try {
    if (!(await isOutdated(catalog, entry))) await applyWrite(catalog, entry);
  } catch (error) {
    if (!(await isRefused(catalog, entry, error))) throw error;
    logger.warn({ job: jobOf(entry), write: entry.write, error: String(error) }, 'the catalog refused a record');
  }
}

/** True where the catalog answers, so that it is the record that it does not take. */
export async function isRefused(catalog: MetadataStore, entry: CatalogWrite, error: unknown): Promise<boolean> {
  if (isHoldfastError(error) && (error.kind === 'unavailable' || error.kind === 'timeout')) return false;
  return catalog.getJob(jobOf(entry)).then(
    () => true,
    () => false,
  );
}

async function isOutdated(catalog: MetadataStore, entry: CatalogWrite): Promise<boolean> {
  if (entry.write === 'job') {
    const known = await catalog.getJob(entry.record.job);
    return known !== undefined && (known.updatedAt > entry.record.updatedAt || known.repositoryId !== entry.record.repositoryId);
  }
  if (entry.write !== 'attempt' || entry.record.outcome !== 'running') return false;
  const known = (await catalog.listAttempts(entry.record.job)).find(({ attempt }) => attempt === entry.record.attempt);
  return known !== undefined && known.outcome !== 'running';
}

async function knownEvents(catalog: MetadataStore, job: string): Promise<Set<string>> {
  const { items } = await catalog.listEvents(job, { limit: eventsAtOnce });
  return new Set(items.map(eventKey));
}

function eventKey({ at, attempt, type, detail }: EventRecord): string {
  return JSON.stringify([at, attempt ?? null, type, sorted(detail)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]);
}

/** 0 stands for the job itself. Undefined where the repository will never tell: what is damaged there must not hold up the rest. */
async function storedNumbers({ store }: ReplayContext, job: string): Promise<ReadonlySet<number> | undefined> {
  if (store === undefined) return undefined;
  try {
    const history = await store.history(job);
    const numbers = (await store.list(job)).map(({ number }) => number);
    return new Set(history.length === 0 ? [] : [0, ...numbers]);
  } catch (error) {
    if (isNoAnswer(error)) throw error;
    return undefined;
  }
}

function isNoAnswer(error: unknown): boolean {
  return isHoldfastError(error) && (error.kind === 'unavailable' || error.kind === 'timeout' || error.kind === 'aborted');
}
