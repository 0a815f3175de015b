import type { ShownSnapshot } from '@holdfast/engine';
import { escapeText } from './escape-text.js';

const places = { twin: 'twin', 'staged-memory': 'memory', 'staged-disk': 'disk' } as const;

/** What a snapshot's memory was read from, and why that was no twin. */
export function memoryFromText({ memoryFrom, twinRefused }: Pick<ShownSnapshot, 'memoryFrom' | 'twinRefused'>): string {
  if (memoryFrom === undefined) return '';
  return twinRefused === undefined ? places[memoryFrom] : `${places[memoryFrom]} (${escapeText(twinRefused)})`;
}
