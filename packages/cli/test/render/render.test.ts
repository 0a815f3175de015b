import { expect, test } from 'vitest';
import { commandText, escapeText } from '../../src/render/escape-text.js';
import { table } from '../../src/render/table.js';
import { spanText, timeText } from '../../src/render/times.js';

test.each([
  [0.4, '0ms'],
  [840, '840ms'],
  [999.6, '1.0s'],
  [59_949, '59.9s'],
  [59_960, '1m00s'],
  [185_000, '3m05s'],
  [7_800_000, '2h10m'],
])('%d ms is %s', (ms, text) => expect(spanText(ms)).toBe(text));

test('a time of today is a clock, another day a date', () => {
  const now = new Date(2026, 10, 22, 14, 45, 0);
  expect(timeText(new Date(2026, 10, 22, 9, 5, 7).toISOString(), now)).toBe('09:05:07');
  expect(timeText(new Date(2026, 10, 21, 9, 5, 7).toISOString(), now)).toBe('2026-11-21 09:05');
  expect(timeText('noon', now)).toBe('noon');
});

test('foreign text cannot move the cursor, colour or reorder', () => {
  expect(escapeText('a\u001B[31m\n\t\u0085\u202Eb')).toBe(String.raw`a\x1b[31m\n\t\x85\u202eb`);
});

test('a command is shown as a shell would take it', () => {
  expect(commandText(['./a.sh', 'x y', "it's", ''])).toBe(String.raw`./a.sh 'x y' 'it'\''s' ''`);
});

test('columns line up, and no rows are no table', () => {
  expect(
    table(
      [{ title: 'A' }, { title: 'N', align: 'right' }, { title: 'B' }],
      [
        ['long', '7', 'x'],
        ['s', '10', ''],
      ],
    ),
  ).toBe('A      N  B\nlong   7  x\ns     10\n');
  expect(table([{ title: 'A' }], [])).toBe('');
});
