import { expect, it } from 'vitest';
import { firstBeatNs, largestGap, parseReport, unitsBetween } from '../heartbeat/report.ts';

it('a report has gaps and notes of work, and is beating once its memory is filled', () => {
  expect(parseReport('900 6000000\n')).toEqual({ isBeating: false, gaps: [{ endNs: 900n, lengthNs: 6_000_000n }], work: [] });
  expect(parseReport('\n1796000000000000001 7000000\nw 5 12\n')).toEqual({
    isBeating: true,
    gaps: [{ endNs: 1_796_000_000_000_000_001n, lengthNs: 7_000_000n }],
    work: [{ atNs: 5n, units: 12 }],
  });
});

it('a last line that is being written is left out', () => {
  expect(parseReport('\n100 5000000\n20')).toEqual(parseReport('\n100 5000000\n'));
  expect(parseReport('')).toEqual({ isBeating: false, gaps: [], work: [] });
});

it('a line that is none of a report is refused, and named', () => {
  expect(() => parseReport('\n100 abc\n')).toThrow('"100 abc" is no line');
  expect(() => parseReport('w 100\n')).toThrow('"w 100" is no line');
});

it('the largest gap is sought among those that ended later', () => {
  const report = parseReport('\n100 9000000\n200 5000000\n300 8000000\n400 6000000\n');
  expect(largestGap(report, 100n)).toEqual({ endNs: 300n, lengthNs: 8_000_000n });
  expect(largestGap(report, 400n)).toBeUndefined();
});

it('the first beat after a moment is the end of the first gap that ended later', () => {
  const report = parseReport('\n100 9000000\n200 5000000\n300 8000000\n');
  expect(firstBeatNs(report, 100n)).toBe(200n);
  expect(firstBeatNs(report, 300n)).toBeUndefined();
});

it('work between two moments is read between the notes', () => {
  const report = parseReport('\nw 100 1000\nw 200 3000\nw 300 4000\n');
  expect(unitsBetween(report, 100n, 300n)).toBe(3000);
  expect(unitsBetween(report, 150n, 225n)).toBe(1250);
  expect(unitsBetween(report, 99n, 300n)).toBeUndefined();
  expect(unitsBetween(report, 100n, 301n)).toBeUndefined();
});
