import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { MetadataStore, Page, RecordQuery } from '@holdfast/core';
import { checkHistory, type Model, type Operation } from '@holdfast/testkit/linearizability';
import { leaseModel } from './lease-model.ts';
import { leaseHistory, type Note, recordHistory, versions } from './notes.ts';
import { recordModel } from './record-model.ts';
import { attemptOfVersion, versionOf } from './versioned-job.ts';

const settledWithinMs = 5000;

/** What is wrong with one job in a catalog that was read anew after the loss. The notes have the last reading of its record. */
export async function judgeJob(store: MetadataStore, job: string, notes: readonly Note[]): Promise<readonly string[]> {
  const problems: string[] = [];
  problems.push(...explained(job, 'record', recordModel, recordHistory(notes, job)));
  problems.push(...explained(job, 'lease', leaseModel, leaseHistory(notes, job)));
  const attempts = await store.listAttempts(job);
  problems.push(
    ...compare(
      job,
      'attempt',
      attempts.map(({ epoch }) => epoch),
      notes,
    ),
  );
  for (const attempt of attempts)
    if (!isDeepStrictEqual(attempt, attemptOfVersion(job, attempt.epoch))) problems.push(`${job}: half of attempt ${attempt.epoch} is there`);
  const snapshots = await everything((query) => store.listCheckpoints(job, query));
  const events = await everything((query) => store.listEvents(job, query));
  problems.push(
    ...compare(
      job,
      'snapshot',
      snapshots.map(({ number }) => number),
      notes,
    ),
  );
  problems.push(
    ...compare(
      job,
      'event',
      events.map(({ detail }) => Number(detail['version'])),
      notes,
    ),
  );
  for (const { number, logicalBytes } of snapshots) if (number !== logicalBytes) problems.push(`${job}: half of snapshot ${number} is there`);
  const version = versionOf(await store.getJob(job));
  for (const tried of versions(notes, job, 'put').tried) {
    const isWanted = tried === version;
    if ((await findsInTime(store, job, tried, isWanted)) !== isWanted)
      problems.push(`${job}: its record is version ${version}, and it is ${isWanted ? 'not ' : ''}found by the label of version ${tried}`);
  }
  return problems;
}

function explained<State, Call, Answer>(
  job: string,
  what: string,
  model: Model<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
): readonly string[] {
  const { kind } = checkHistory(model, history);
  if (kind === 'linearizable') return [];
  const last = history.slice(-12).map((operation) => JSON.stringify(operation));
  return [`${job}: no order explains what was told of its ${what} (${kind}); the last calls: ${last.join(' ')}`];
}

/** A list of Redis takes up a change that was stopped half-way once that is a second old (docs/adr/0028): until then it may lack the job, and never for good. */
async function findsInTime(store: MetadataStore, job: string, version: number, isWanted: boolean): Promise<boolean> {
  for (const untilMs = Date.now() + settledWithinMs; ; await sleep(250)) {
    const { items } = await store.listJobs({ label: { name: 'second', value: `v${version}` }, prefix: job });
    const isFound = items.some((item) => item.job === job);
    // What is found and should not be is wrong at once.
    if (isFound || isFound === isWanted || Date.now() > untilMs) return isFound;
  }
}

/** What the catalog said is there must be there, once, and nothing that nobody wrote. */
function compare(job: string, what: 'snapshot' | 'event' | 'attempt', found: readonly number[], notes: readonly Note[]): readonly string[] {
  const { tried, said } = versions(notes, job, what);
  const there = new Set(found);
  const lost = [...said].filter((version) => !there.has(version));
  const foreign = [...there].filter((version) => !tried.has(version));
  return [
    ...lost.map((version) => `${job}: ${what} ${version} was written and is lost`),
    ...foreign.map((version) => `${job}: ${what} ${version} is there and nobody wrote it`),
    ...(there.size === found.length ? [] : [`${job}: ${found.length - there.size} of each ${what} are there twice`]),
  ];
}

async function everything<T>(list: (query: RecordQuery) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) return all;
  }
}
