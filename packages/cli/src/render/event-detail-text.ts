import { formatSize } from '@holdfast/core/basics';
import { jsonText } from './json.js';
import { spanText } from './times.js';

/** The fields of a recorded event as `name=value`; durations and sizes as people read them. */
export function eventDetailText(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => fieldText(name, value))
    .join(' ');
}

function fieldText(name: string, value: unknown): string {
  // What is packed with what stays, or may still be read, goes with a later prune; packing anew may even take some.
  if (name === 'freedBytes' && typeof value === 'number' && value <= 0) return 'freed=nothing yet';
  if (typeof value === 'string') return `${name}=${value}`;
  if (typeof value !== 'number' || value < 0) return `${name}=${jsonText(value)}`;
  if (name.endsWith('Ms')) return `${name.slice(0, -2)}=${spanText(value)}`;
  return name.endsWith('Bytes') ? `${name.slice(0, -5)}=${formatSize(value)}` : `${name}=${value}`;
}
