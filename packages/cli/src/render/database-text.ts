import type { DatabasePlan } from '@holdfast/aws-databases';
import { escapeText } from './escape-text.js';
import { table } from './table.js';

const actionWords = { create: 'make', adopt: 'adopt', none: 'keep' } as const;

/** What would be made of a database, and what all of it costs. */
export function databasePlanText(name: string, { resources, upToDate, cost }: DatabasePlan): string {
  const rows = resources.map(({ action, kind, name: resource, detail }) => [actionWords[action], kind, resource, detail].map(escapeText));
  const columns = ['ACTION', 'KIND', 'NAME', 'DETAIL'].map((title) => ({ title }));
  return `${table(columns, rows)}${name} costs ${cost.text}${upToDate ? '; it is up to date' : ''}\n`;
}
