import { expect, test } from 'vitest';
import { memoryFromText } from '../../src/render/memory-from-text.js';

test.each([
  [{ memoryFrom: 'twin', twinRefused: undefined, coverRefused: undefined }, 'twin'],
  [{ memoryFrom: 'twin', twinRefused: undefined, coverRefused: 'dump' }, 'twin (no cover: dump)'],
  [{ memoryFrom: 'staged-disk', twinRefused: 'pids', coverRefused: 'off' }, 'disk (pids)'],
  [{ memoryFrom: undefined, twinRefused: undefined, coverRefused: undefined }, ''],
] as const)('what memory was read from, with the reason for the longest part of a freeze: %o', (snapshot, text) => {
  expect(memoryFromText(snapshot)).toBe(text);
});
