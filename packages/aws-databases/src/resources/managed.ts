import type { CallOptions } from '@holdfast/core';
import type { Standing } from '@holdfast/core/provision';

/** One thing that a database is made of: how it is found, whose it is, what its state means, how it goes away. Making it is the engine's. */
export interface Managed<Found> {
  /** Of its record. */
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** With its kind, for messages. */
  readonly label: string;
  /** What it would be, for the plan. */
  readonly detail: string;
  readonly find: (call: CallOptions) => Promise<Found | undefined>;
  /** What Holdfast writes on what it makes for this name and purpose. */
  readonly mark: string;
  /** What is written on one that is there. */
  readonly markIn: (found: Found) => string | undefined;
  /** True where it is somebody's, whatever is written on it, and is used as it is. */
  readonly adopt: boolean;
  readonly idOf: (found: Found) => string;
  readonly standingOf: (found: Found) => Standing;
  /** What the service tells of its failure. */
  readonly reason?: (call: CallOptions) => Promise<string | undefined>;
  readonly remove: (found: Found, call: CallOptions) => Promise<void>;
}

/** Whether it was made by Holdfast, for this name and purpose. */
export function isOurs<Found>({ adopt, mark, markIn }: Managed<Found>, found: Found): boolean {
  return !adopt && markIn(found) === mark;
}

/** Why one that is there and is not ours is left alone. */
export function whoseItIs<Found>({ mark, markIn }: Managed<Found>, found: Found): string {
  const there = markIn(found);
  if (there?.startsWith('Holdfast ') !== true) return 'is there, and Holdfast did not make it for this deployment';
  return `is there, made for '${there}' and not for '${mark}'`;
}

/** Of what is there as soon as it was asked for. */
export function always(): Standing {
  return { standing: 'ready', state: 'available' };
}

/**
 * States of RDS, ElastiCache and MemoryDB, which are free strings: what is not known is waited for, since new words for what passes are more
 * frequent than new words for failures.
 */
export function standingOfState(given: string): Standing {
  const state = given.toLowerCase();
  if (state === 'available' || state === 'active' || state === 'storage-optimization') return { standing: 'ready', state };
  if (state === 'deleting' || state === 'deleted')
    return { standing: 'failed', state, reason: 'it is being removed; provision again once it is gone' };
  if (state === 'stopped' || state === 'stopping') return { standing: 'failed', state, reason: 'somebody stopped it; start it again' };
  if (/fail|^incompatible|^inaccessible|^insufficient|^restore-error|^storage-full$/u.test(state))
    return { standing: 'failed', state, reason: 'its service gave no reason' };
  return { standing: 'pending', state };
}
