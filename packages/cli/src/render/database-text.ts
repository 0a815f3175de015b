import type { DatabasePlan } from '@holdfast/aws-databases';
import { escapeText } from './escape-text.js';
import { table } from './table.js';

const actionWords = { create: 'make', adopt: 'adopt', change: 'change', none: 'keep' } as const;

/** What has to be done by hand before other machines can use the section; undefined: nothing. */
export function copyWarning({ tlsCaFile }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof tlsCaFile !== 'string') return undefined;
  return `COPY ${escapeText(tlsCaFile)} to the same path on EVERY machine that gets this section: without it no machine trusts the database`;
}

/** What would be made of a database, and what all of it costs. */
export function databasePlanText(name: string, { resources, upToDate, cost }: DatabasePlan): string {
  const rows = resources.map(({ action, kind, name: resource, detail }) => [actionWords[action], kind, resource, detail].map(escapeText));
  const columns = ['ACTION', 'KIND', 'NAME', 'DETAIL'].map((title) => ({ title }));
  return `${table(columns, rows)}${name} costs ${cost.text}${upToDate ? '; it is up to date' : ''}\n`;
}
