import { HoldfastError, type Logger, layerDriver, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { scriptedDriver } from './scripted-driver.js';

test('each call is reported once, with its time and its end', async () => {
  const { logger, lines } = recorder();
  let nowMs = 0;
  const clock = { now: () => new Date(0), monotonicMs: () => (nowMs += 5) };
  const failure = new HoldfastError('HF_STORAGE_FULL', { kind: 'no-space', message: 'full' });
  const layered = layerDriver(scriptedDriver({ destroy: () => Promise.reject(failure) }), { logger, clock });
  await layered.inspect();
  await expect(layered.destroy({ force: true })).rejects.toThrow('full');
  expect(lines).toEqual([
    ['debug', { storage: 'scripted:/x', operation: 'inspect', durationMs: 5 }, 'storage call succeeded'],
    [
      'warn',
      { storage: 'scripted:/x', operation: 'destroy', durationMs: 5, code: 'HF_STORAGE_FULL', kind: 'no-space', error: 'full' },
      'storage call failed',
    ],
  ]);
});

test('retries are one call in the log', async () => {
  const { logger, lines } = recorder();
  let calls = 0;
  const driver = scriptedDriver({
    destroy: async () => {
      calls += 1;
      if (calls === 1) throw new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', message: 'busy' });
    },
  });
  await layerDriver(driver, { logger, retry: { minDelayMs: 1 } }).destroy();
  expect(lines).toHaveLength(1);
});

function recorder(): { logger: Logger; lines: unknown[][] } {
  const lines: unknown[][] = [];
  return { lines, logger: { ...silentLogger, debug: (...line) => lines.push(['debug', ...line]), warn: (...line) => lines.push(['warn', ...line]) } };
}
