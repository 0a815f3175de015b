import type { DatabaseConfig } from './config/database-config.js';

/** What a database costs a month, roughly: for choosing between them, not for the bill. */
export interface CostClass {
  /** In USD, at list prices of a large region: the lower and the upper end. */
  readonly monthlyUsd: { readonly from: number; readonly to: number };
  /** For people: `about 20 to 50 USD a month`. */
  readonly text: string;
}

/** Hours of a month times USD of an hour of a `large` one, by the first letter of the family: burstable, general, for memory. */
const largeUsd: Readonly<Record<string, number>> = { t: 95, m: 125, c: 115, r: 175, x: 400 };
const sizes: Readonly<Record<string, number>> = { micro: 0.125, small: 0.25, medium: 0.5, large: 1 };
/** MemoryDB's log costs beside its nodes. */
const memorydbFactor = 1.6;
const gibUsd = 0.13;
const bounds = [0, 20, 50, 100, 250, 500, 1000, 2500] as const;

/** Between which two bounds it lies. Pure; asks nobody. Traffic and writes to a log are not in it. */
export function costClass(config: DatabaseConfig): CostClass {
  if (config.adopt !== undefined) return { monthlyUsd: { from: 0, to: 0 }, text: 'nothing beside what the adopted database costs already' };
  const usd = usdOf(config);
  const to = bounds.find((bound) => usd < bound) ?? Number.POSITIVE_INFINITY;
  const from = bounds.findLast((bound) => usd >= bound) ?? 0;
  return { monthlyUsd: { from, to }, text: to === Number.POSITIVE_INFINITY ? `more than ${from} USD a month` : `about ${from} to ${to} USD a month` };
}

function usdOf(config: DatabaseConfig): number {
  if (config.service === 'elasticache') return nodeUsd(config.nodeType) * (config.replicas + 1);
  if (config.service === 'memorydb') return nodeUsd(config.nodeType) * (config.replicas + 1) * memorydbFactor;
  return (nodeUsd(config.instanceClass) + config.storageGib * gibUsd) * (config.multiAz ? 2 : 1);
}

function nodeUsd(type: string): number {
  const [, family = 'm', size = 'large'] = type.split('.');
  const times = /^(\d+)xlarge$/u.exec(size)?.[1];
  const units = times === undefined ? (size === 'xlarge' ? 2 : (sizes[size] ?? 1)) : Number(times) * 2;
  return (largeUsd[family.charAt(0)] ?? 150) * units;
}
