import { expect, test } from 'vitest';
import { PersistRate } from '../../src/spot/persist-rate.js';

const mib = 1024 ** 2;

test('the rate is that of the last snapshots together; before them a careful one', () => {
  const rate = new PersistRate();
  expect(rate.bytesPerSecond).toBe(50 * mib);
  rate.note(100 * mib, 1000);
  rate.note(300 * mib, 1000);
  expect(rate.bytesPerSecond).toBe(200 * mib);
  for (let snapshot = 0; snapshot < 16; snapshot += 1) rate.note(100 * mib, 2000);
  expect(rate.bytesPerSecond).toBe(50 * mib);
});

test('small snapshots say nothing of the storage', () => {
  const rate = new PersistRate();
  rate.note(100 * mib, 1000);
  rate.note(1 * mib, 900);
  rate.note(500 * mib, 0);
  expect(rate.bytesPerSecond).toBe(100 * mib);
});
