import { expect, test } from 'vitest';
import { memoryFromText } from '../../src/render/memory-from-text.js';

test.each([
  [{ memoryFrom: 'twin', twinRefused: undefined, coverRefused: undefined }, 'twin'],
  [{ memoryFrom: 'twin', twinRefused: undefined, coverRefused: 'dump' }, 'twin (no cover: dump)'],
  [{ memoryFrom: 'staged-disk', twinRefused: 'pids', coverRefused: 'off' }, 'disk (pids)'],
  [{ memoryFrom: 'twin', changedFrom: 3, unreadBytes: 3 * 1024 ** 2 }, 'twin (3MiB unread, as in 3)'],
  [{ memoryFrom: 'staged-memory', twinRefused: 'stays-frozen', changedFrom: 3, unreadBytes: 0 }, 'memory (stays-frozen; 0B unread, as in 3)'],
  [{ memoryFrom: 'twin', coverRefused: 'dump', keptTwinRefused: 'no-room' }, 'twin (no cover: dump; none kept: no-room)'],
  [{ memoryFrom: undefined, twinRefused: undefined, coverRefused: undefined }, ''],
] as const)('what memory was read from, with the reason for the longest part of a freeze: %o', (snapshot, text) => {
  expect(memoryFromText(snapshot)).toBe(text);
});
