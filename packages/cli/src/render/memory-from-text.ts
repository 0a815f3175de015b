import { formatSize } from '@holdfast/core/basics';
import type { ShownSnapshot } from '@holdfast/engine';
import { escapeText } from './escape-text.js';

const places = { twin: 'twin', 'staged-memory': 'memory', 'staged-disk': 'disk' } as const;

type Account = Pick<ShownSnapshot, 'memoryFrom' | 'twinRefused' | 'coverRefused' | 'changedFrom' | 'unreadBytes' | 'keptTwinRefused'>;

/**
 * What a snapshot's memory was read from; why that was no twin, or why CRIU looked at all of it although it was; and what the twin spared that was kept of the
 * snapshot before, or why there was none.
 */
export function memoryFromText({ memoryFrom, twinRefused, coverRefused, ...kept }: Partial<Account>): string {
  if (memoryFrom === undefined) return '';
  const why = twinRefused ?? (coverRefused === undefined ? undefined : `no cover: ${coverRefused}`);
  const notes = [why, keptText(kept)].filter((note) => note !== undefined);
  return notes.length === 0 ? places[memoryFrom] : `${places[memoryFrom]} (${escapeText(notes.join('; '))})`;
}

function keptText({ changedFrom, unreadBytes, keptTwinRefused }: Partial<Account>): string | undefined {
  if (changedFrom !== undefined) return `${formatSize(unreadBytes ?? 0)} unread, as in ${changedFrom}`;
  return keptTwinRefused === undefined ? undefined : `none kept: ${keptTwinRefused}`;
}
