import { expect, test } from 'vitest';
import { parseInterruption, parseRebalance } from '../../src/spot/interruption.js';

const now = new Date('2026-11-26T10:00:00Z');

test.each([
  ['{"action":"terminate","time":"2026-11-26T10:02:00Z"}', 'terminate', '2026-11-26T10:02:00.000Z'],
  ['{"action":"stop","time":"2026-11-26T10:02:00Z"}', 'stop', '2026-11-26T10:02:00.000Z'],
  ['{"action":"hibernate","time":"2026-11-26T10:00:00Z"}', 'hibernate', '2026-11-26T10:00:00.000Z'],
  ['{"action":"evaporate","time":"2026-11-26T10:02:00Z"}', 'terminate', '2026-11-26T10:02:00.000Z'],
  ['{"action":"terminate","time":"soon"}', 'terminate', '2026-11-26T10:01:55.000Z'],
  ['{"action":"terminate"}', 'terminate', '2026-11-26T10:01:55.000Z'],
])('%s is a notice', (text, action, at) => {
  expect(parseInterruption(text, now)).toEqual({ action, at: new Date(at) });
});

test.each(['', '<html>', 'null', '[]', '{}', '{"time":"2026-11-26T10:02:00Z"}', '{"action":7}'])('%j is no notice', (text) => {
  expect(parseInterruption(text, now)).toBeUndefined();
});

test('a recommendation has its time, and without one is none', () => {
  expect(parseRebalance('{"noticeTime":"2026-11-26T09:59:00Z"}')).toEqual({ noticedAt: new Date('2026-11-26T09:59:00Z') });
  for (const text of ['{}', '{"noticeTime":"?"}', '<html>']) expect(parseRebalance(text)).toBeUndefined();
});
