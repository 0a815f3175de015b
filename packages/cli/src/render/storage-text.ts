import type { PlannedResource, StoragePlan, StorageStatus } from '@holdfast/core';
import { formatSize } from '@holdfast/core/basics';
import { countText } from './count-text.js';
import { escapeText } from './escape-text.js';
import { table } from './table.js';
import { spanText, timeText } from './times.js';

const actionWords = { create: 'make', adopt: 'adopt', change: 'change', none: 'keep' } as const;

export function planText(name: string, { resources, upToDate }: StoragePlan): string {
  const rows = resources.map(({ action, kind, name: resource, detail, costClass }) =>
    [actionWords[action], kind, resource, costClass ?? '', detail].map(escapeText),
  );
  const columns = ['ACTION', 'KIND', 'NAME', 'COSTS', 'DETAIL'].map((title) => ({ title }));
  const end = upToDate ? `${name} is up to date` : `${countText(changes(resources), 'change')}; holdfast storage provision makes them`;
  return `${table(columns, rows)}${end}\n`;
}

function changes(resources: readonly PlannedResource[]): number {
  return resources.filter(({ action }) => action !== 'none').length;
}

/** One line of each; before it what happened to it. No resources: no text. */
export function resourcesText(resources: readonly PlannedResource[], happened?: string): string {
  return resources
    .map(({ kind, name, detail }) => `${happened === undefined ? '' : `${happened}: `}${kind} ${escapeText(name)} (${escapeText(detail)})\n`)
    .join('');
}

export interface ToldStatus extends StorageStatus {
  readonly storage: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly resources: readonly PlannedResource[];
}

export function statusText(status: ToldStatus, now: Date): string {
  const { storage, state, reason, root, lasting, health, usage, sessions, resources } = status;
  const rows = [
    ['storage', storage],
    ['state', reason === undefined ? state : `${state}: ${escapeText(reason)}`],
    ['attached', root === undefined ? 'no' : `${root}${lasting ? ', until holdfast storage detach' : ''}`],
    ...(health === undefined ? [] : [['answers', health.ok ? `in ${spanText(health.latencyMs)}` : `no: ${escapeText(health.reason ?? '')}`]]),
    ...(usage === undefined ? [] : [['space', `${formatSize(usage.freeBytes)} free of ${formatSize(usage.totalBytes)}`]]),
    ['in use by', sessions.length === 0 ? 'no process of Holdfast' : sessions.map((session) => sessionText(session, now)).join(', ')],
    ...resources.map(({ kind, name }) => ['', `${kind} ${escapeText(name)}`]),
  ];
  return rows.map(([title = '', text = '']) => `${title.padEnd(9)}  ${text}\n`).join('');
}

function sessionText({ host, pid, since }: StorageStatus['sessions'][number], now: Date): string {
  const who = pid === undefined ? host : `process ${pid} on ${host}`;
  return escapeText(since === undefined ? who : `${who} since ${timeText(since, now)}`);
}
