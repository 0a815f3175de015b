import type { ShownSnapshot } from '@holdfast/engine';
import { escapeText } from './escape-text.js';

const places = { twin: 'twin', 'staged-memory': 'memory', 'staged-disk': 'disk' } as const;

/** What a snapshot's memory was read from, why that was no twin, or why CRIU looked at all of it although it was. */
export function memoryFromText({
  memoryFrom,
  twinRefused,
  coverRefused,
}: Pick<ShownSnapshot, 'memoryFrom' | 'twinRefused'> & Partial<Pick<ShownSnapshot, 'coverRefused'>>): string {
  if (memoryFrom === undefined) return '';
  const why = twinRefused ?? (coverRefused === undefined ? undefined : `no cover: ${coverRefused}`);
  return why === undefined ? places[memoryFrom] : `${places[memoryFrom]} (${escapeText(why)})`;
}
