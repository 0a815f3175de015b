import { expect, test } from 'vitest';
import { metricsOf } from '../../src/mount/metrics.js';

test('numbers of the client are told by names of ours, with and without labels, and none is made up', () => {
  const stats = 'juicefs_staging_block_bytes 4096\njuicefs_uptime{mp="/m",vol_name="v"} 7.5\njuicefs_staging_block_bytes_total 9\n';
  expect(metricsOf(stats)).toEqual({ stagedBytes: 4096, uptimeSeconds: 7.5 });
});
