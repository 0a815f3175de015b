import type { CallOptions } from '@holdfast/core';
import type { Managed } from './managed.js';
import { type Surveyed, survey } from './survey.js';
import { remove, type Workshop } from './workshop.js';

/** A resource of whatever type, for what is done to all of them. */
export interface Part {
  readonly label: string;
  /** True where a removal leaves it although it is Holdfast's. */
  readonly stays: boolean;
  readonly survey: (call: CallOptions) => Promise<Surveyed>;
  readonly remove: (workshop: Workshop) => Promise<'removed' | 'absent' | 'left'>;
}

/** One that a removal leaves: it opens what stays on a server that was adopted. */
export function kept<Found>(managed: Managed<Found>): Part {
  const find = async ({ signal }: Workshop): Promise<Found | undefined> => managed.find(signal === undefined ? {} : { signal });
  return { ...part(managed), stays: true, remove: async (workshop) => ((await find(workshop)) === undefined ? 'absent' : 'left') };
}

export function part<Found>(managed: Managed<Found>): Part {
  return {
    label: managed.label,
    stays: false,
    survey: async (call) => survey(managed, call),
    remove: async (workshop) => remove(workshop, managed),
  };
}
