import type { SnapshotSource } from '@holdfast/core';
import { formatSize } from '@holdfast/core/basics';
import type { JobDetail, ShownSnapshot } from '@holdfast/engine';
import { commandText, escapeText } from './escape-text.js';
import { eventDetailText } from './event-detail-text.js';
import { memoryFromText } from './memory-from-text.js';
import { table } from './table.js';
import { spanText, timeText } from './times.js';

const shownAttempts = 10;
const shownEvents = 10;

/** Everything that is known of a job, for people. */
export function jobDetail(detail: JobDetail, now: Date, mostEvents: number = shownEvents): string {
  return [facts(detail, now), snapshots(detail, now), attempts(detail, now), events(detail, now, mostEvents)]
    .filter((part) => part !== '')
    .join('\n');
}

function facts({ job, record, holder, forkedFrom }: JobDetail, now: Date): string {
  const labels = Object.entries(record?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  const rows: [string, string | undefined][] = [
    ['job', job],
    ['forked', forkedFrom === undefined ? undefined : `from snapshot ${forkedFrom.number} of ${forkedFrom.job}`],
    ['status', record === undefined ? 'not in the catalog' : `${record.status}${record.exitCode === undefined ? '' : ` (${record.exitCode})`}`],
    ['command', record === undefined ? undefined : commandText(record.command)],
    ['directory', record?.workingDirectory],
    ['labels', labels.length === 0 ? undefined : labels.join(' ')],
    ['created', record === undefined ? undefined : timeText(record.createdAt, now)],
    ['updated', record === undefined ? undefined : timeText(record.updatedAt, now)],
    ['held by', holder === undefined ? undefined : `process ${holder.pid} on ${holder.host} since ${timeText(holder.since, now)}`],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)} ${escapeText(value)}\n`])).join('');
}

function snapshots(detail: JobDetail, now: Date): string {
  return table(
    [
      { title: 'SNAPSHOT', align: 'right' },
      { title: 'TAKEN' },
      { title: 'FROZEN', align: 'right' },
      { title: 'HOLDS', align: 'right' },
      { title: 'ADDED', align: 'right' },
      { title: 'READ FROM' },
      { title: 'NOTE' },
    ],
    detail.snapshots.map((each) => [
      String(each.number),
      timeText(each.createdAt, now),
      each.freezeMs === undefined ? '' : spanText(each.freezeMs),
      formatSize(each.logicalBytes),
      formatSize(each.storedBytes),
      memoryFromText(isOthers(each, detail.forkedFrom) ? { ...each, changedFrom: undefined } : each),
      each.eligible ? originText(each, detail.forkedFrom) : 'left behind',
    ]),
  );
}

function originText(snapshot: ShownSnapshot, forkedFrom: SnapshotSource | undefined): string {
  return forkedFrom !== undefined && isOthers(snapshot, forkedFrom) ? `is snapshot ${forkedFrom.number} of ${forkedFrom.job}` : '';
}

/** The first snapshot of a fork is another job's, too, and what it names is named by that one's numbers: nothing is stored for it, and nothing is its parent. */
function isOthers({ parent, storedBytes }: ShownSnapshot, forkedFrom: SnapshotSource | undefined): boolean {
  return forkedFrom !== undefined && parent === undefined && storedBytes === 0;
}

function attempts(detail: JobDetail, now: Date): string {
  return table(
    [
      { title: 'ATTEMPT' },
      { title: 'OUTCOME' },
      { title: 'EXIT', align: 'right' },
      { title: 'FROM', align: 'right' },
      { title: 'STARTED' },
      { title: 'ENDED' },
      { title: 'HOST' },
    ],
    detail.attempts
      .slice(0, shownAttempts)
      .map(({ attempt, outcome, exitCode, resumedFrom, startedAt, endedAt, host }) => [
        attempt,
        outcome,
        exitCode === undefined ? '' : String(exitCode),
        resumedFrom === undefined ? '' : String(resumedFrom),
        timeText(startedAt, now),
        endedAt === undefined ? '' : timeText(endedAt, now),
        escapeText(host),
      ]),
  );
}

function events(detail: JobDetail, now: Date, most: number): string {
  return table(
    [{ title: 'AT' }, { title: 'EVENT' }, { title: 'DETAIL' }],
    detail.events.slice(0, most).map(({ at, type, detail }) => [timeText(at, now), escapeText(type), escapeText(eventDetailText(detail))]),
  );
}
