import { hash, randomBytes } from 'node:crypto';
import type { PluginSection } from '@holdfast/core';
import { isProcessAlive, ownProcessIdentity, type ProcessIdentity } from '../../container/process-identity.js';

/** What a journal's file name tells: whose catalog, since when, who has it. */
export interface JournalName {
  readonly catalog: string;
  readonly sinceMs: number;
  readonly owner: ProcessIdentity;
  /** Tells the journals of one process apart. */
  readonly nonce: string;
}

const secretMember = /password|secret|token|credential/iu;

/** The same for the same catalog on this node; nothing of a password is in it. */
export function catalogKey(section: PluginSection): string {
  return hash('sha256', JSON.stringify(withoutSecrets(section)), 'hex').slice(0, 16);
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(?<=:\/\/)[^/@]*@/u, '');
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !secretMember.test(name));
  return members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, withoutSecrets(member)]);
}

export function ownJournalName(catalog: string, sinceMs: number): JournalName {
  return { catalog, sinceMs, owner: ownProcessIdentity(), nonce: randomBytes(4).toString('hex') };
}

/** The same journal, taken over by this process. */
export function takenOver(name: JournalName): JournalName {
  return ownJournalName(name.catalog, name.sinceMs);
}

/** The same journal, left to whoever comes next. */
export function leftBehind(name: JournalName): JournalName {
  return { ...name, owner: { bootId: 'none', pid: 0, startTicks: 0 } };
}

export function journalFileName({ catalog, sinceMs, owner, nonce }: JournalName): string {
  return `${[catalog, String(sinceMs).padStart(15, '0'), owner.bootId, owner.pid, owner.startTicks, nonce].join('_')}.journal`;
}

export function parseJournalName(file: string): JournalName | undefined {
  const [, catalog, since, bootId, pid, ticks, nonce] = /^([0-9a-f]{16})_(\d{15})_([0-9a-z-]+)_(\d+)_(\d+)_([0-9a-f]{8})\.journal$/u.exec(file) ?? [];
  if (catalog === undefined || bootId === undefined || nonce === undefined) return undefined;
  return { catalog, sinceMs: Number(since), owner: { bootId, pid: Number(pid), startTicks: Number(ticks) }, nonce };
}

/** True where nobody writes to it or catches up with it any more. */
export function isForsaken({ owner }: JournalName): boolean {
  return !isProcessAlive(owner);
}
