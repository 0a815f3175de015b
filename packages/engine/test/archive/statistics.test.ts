import { expect, test } from 'vitest';
import { encodeStatistics } from '../../src/archive/statistics.js';
import { decodeDumpStats } from '../../src/images/dump-stats.js';

test('the statistics say how long the job stood still and how many pages there are', () => {
  const decoded = decodeDumpStats(encodeStatistics(143.64, 6772));
  expect(decoded).toEqual({
    freezingMs: 0,
    frozenMs: 143.64,
    memoryReadMs: 0,
    memoryWrittenMs: 0,
    pagesScanned: 0,
    pagesSkipped: 0,
    pagesWritten: 6772,
  });
});
