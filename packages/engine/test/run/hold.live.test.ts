import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { counting, eventTypes, nextEvent, openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

/** Five a second while the job runs. */
async function counted(): Promise<number> {
  const text = await readFile(join(workshop.work, 'counted'), 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}

test('a held job stands still after its last snapshot, whatever is asked, until it is released', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000), interval: 500 });
  await nextEvent(run, 'snapshot.committed');
  const held = await run.hold();
  const before = await counted();
  await delay(800);
  expect(await counted()).toBe(before);
  expect(await run.snapshot()).toEqual(held);
  expect(await run.hold()).toEqual(held);
  await run.release();
  await nextEvent(run, 'job.released');
  await until(async () => (await counted()) > before);
  expect((await run.snapshot()).number).toBeGreaterThan(held.number);
  expect(await run.kill()).toMatchObject({ outcome: 'stopped' });
  expect((await eventTypes(run)).filter((type) => type === 'snapshot.failed')).toEqual([]);
});

test('a stop ends a held job with the snapshot that it has', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  const held = await run.hold();
  expect(await run.stop()).toMatchObject({ outcome: 'stopped', lastSnapshot: held.number, snapshots: 1, error: undefined });
  const resumed = await workshop.run(machine, { script: counting(1000) });
  expect(resumed.resumedFrom).toBe(held.number);
  await resumed.kill();
});

test('a held job that another machine took over is ended when it would be released', async () => {
  const run = await workshop.run(await workshop.machine('a'), { script: counting(1000) });
  const held = await run.hold();
  const other = await workshop.run(await workshop.machine('b'), { script: counting(1000) });
  expect(other.resumedFrom).toBe(held.number);
  await run.release();
  expect(await run.result).toMatchObject({ outcome: 'lost', error: { code: 'HF_FENCED' } });
  expect(await eventTypes(run)).not.toContain('job.released');
  await other.kill();
});
