import { setTimeout as sleep } from 'node:timers/promises';
import type { MetadataStore, Page, RecordQuery } from '@holdfast/core';
import { checkHistory } from '@holdfast/testkit/linearizability';
import { type Note, recordHistory, versions } from './notes.ts';
import { recordModel } from './record-model.ts';
import { versionOf } from './versioned-job.ts';

const settledWithinMs = 5000;

/** What is wrong with one job in a catalog that was read anew after the loss. The notes have the last reading of its record. */
export async function judgeJob(store: MetadataStore, job: string, notes: readonly Note[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const verdict = checkHistory(recordModel, recordHistory(notes, job));
  if (verdict.kind !== 'linearizable') {
    const last = recordHistory(notes, job)
      .slice(-12)
      .map((operation) => JSON.stringify(operation));
    problems.push(`${job}: no order explains what was read of its record (${verdict.kind}); the last calls: ${last.join(' ')}`);
  }
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
function compare(job: string, what: 'snapshot' | 'event', found: readonly number[], notes: readonly Note[]): readonly string[] {
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
