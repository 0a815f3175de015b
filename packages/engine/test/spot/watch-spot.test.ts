import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { InstanceMetadata } from '../../src/spot/instance-metadata.js';
import type { Interruption, Rebalance } from '../../src/spot/interruption.js';
import { type SpotWatchOptions, watchSpot } from '../../src/spot/watch-spot.js';

const terminate = (at: string): Interruption => ({ action: 'terminate', at: new Date(at) });
const down = new HoldfastError('HF_METADATA_UNAVAILABLE', { kind: 'unavailable', message: 'no answer' });

interface Look {
  readonly interruption?: Interruption | undefined;
  readonly rebalance?: Rebalance | undefined;
  readonly fails?: boolean;
}

/** Looks at each of these in turn and ends with the last. */
async function watched(looks: readonly Look[], options: Partial<SpotWatchOptions> = {}) {
  const told: string[] = [];
  const stop = new AbortController();
  let at = -1;
  const metadata: InstanceMetadata = {
    interruption: () => {
      at += 1;
      const look = looks[at];
      if (at >= looks.length - 1) stop.abort();
      return look?.fails === true ? Promise.reject(down) : Promise.resolve(look?.interruption);
    },
    rebalance: () => Promise.resolve(looks[at]?.rebalance),
  };
  const log = (level: string) => (_: unknown, message: string) => void told.push(`${level}: ${message}`);
  const end = await watchSpot({
    metadata,
    mode: 'auto',
    intervalMs: 1,
    isEc2: () => Promise.resolve(false),
    monotonicMs: () => performance.now(),
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    signal: stop.signal,
    onInterruption: (interruption) => void told.push(`${interruption.action} ${interruption.at.toISOString()}`),
    onRebalance: ({ noticedAt }) => void told.push(`rebalance ${noticedAt.toISOString()}`),
    ...options,
  });
  return { end, told, looks: at + 1 };
}

test('each notice and each recommendation is told once, and anew where it changes', async () => {
  const rebalance = { noticedAt: new Date('2026-11-26T10:00:00Z') };
  const interruption = terminate('2026-11-26T10:02:00Z');
  const later = terminate('2026-11-26T10:05:00Z');
  const { end, told } = await watched([{}, { rebalance }, { rebalance }, { interruption, rebalance }, { interruption }, { interruption: later }, {}]);
  expect(end).toBe('stopped');
  expect(told).toEqual(['rebalance 2026-11-26T10:00:00.000Z', 'terminate 2026-11-26T10:02:00.000Z', 'terminate 2026-11-26T10:05:00.000Z']);
});

test('elsewhere than on EC2 the watch is given up after one look, and that is said once', async () => {
  const { end, told, looks } = await watched([{ fails: true }, {}, {}]);
  expect({ end, looks }).toEqual({ end: 'not-ec2', looks: 1 });
  expect(told).toEqual(['info: this machine is not of EC2: nothing announces its end', 'debug: the instance metadata service gave no word']);
});

test.each<[string, Partial<SpotWatchOptions>]>([
  ['on EC2', { isEc2: () => Promise.resolve(true) }],
  ['where it is asked for', { mode: 'on' }],
])('%s a service that does not answer is asked on, and told once each time', async (_, options) => {
  const interruption = terminate('2026-11-26T10:02:00Z');
  const fails = { fails: true };
  const { end, told } = await watched([fails, fails, {}, fails, fails, { interruption }, {}], options);
  expect(end).toBe('stopped');
  const gone = 'warn: a Spot interruption would not be noticed: no word from the instance metadata service';
  const back = 'info: the instance metadata service answers again';
  expect(told).toEqual([gone, back, gone, 'terminate 2026-11-26T10:02:00.000Z', back]);
});

test('a service that was reached once is never given up', async () => {
  const interruption = terminate('2026-11-26T10:02:00Z');
  const { end, told } = await watched([{}, { fails: true }, { interruption }, {}]);
  expect(end).toBe('stopped');
  expect(told).toContain('terminate 2026-11-26T10:02:00.000Z');
});
