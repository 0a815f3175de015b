import type { CallOptions } from '@holdfast/core';
import type { Managed } from './managed.js';
import { type Surveyed, survey } from './survey.js';
import { remove, type Workshop } from './workshop.js';

/** A resource of whatever type, for what is done to all of them. */
export interface Part {
  readonly label: string;
  readonly survey: (call: CallOptions) => Promise<Surveyed>;
  readonly remove: (workshop: Workshop) => Promise<'removed' | 'absent' | 'left'>;
}

export function part<Found>(managed: Managed<Found>): Part {
  return { label: managed.label, survey: async (call) => survey(managed, call), remove: async (workshop) => remove(workshop, managed) };
}
