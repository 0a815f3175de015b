import { systemClock } from '@holdfast/core';
import { expect, test } from 'vitest';
import { EventLog } from '../../src/run/event-log.js';

async function collect(log: EventLog): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const event of log.read()) types.push(event.type);
  return types;
}

test('every reader gets all events in order, whenever it began', async () => {
  const log = new EventLog(systemClock, 'job', 'attempt');
  const early = collect(log);
  log.emit({ type: 'catalog.recovered' });
  await Promise.resolve();
  log.emit({ type: 'attempt.fenced', message: 'x' });
  const late = collect(log);
  log.emit({ type: 'snapshot.started', reason: 'interval' });
  log.end();
  const expected = ['catalog.recovered', 'attempt.fenced', 'snapshot.started'];
  expect(await early).toEqual(expected);
  expect(await late).toEqual(expected);
});

test('a listener hears the past first, and nothing comes after the end', () => {
  const log = new EventLog(systemClock, 'job', 'attempt');
  const heard: string[] = [];
  log.emit({ type: 'catalog.recovered' });
  log.listen(({ type }) => heard.push(type));
  log.emit({ type: 'snapshot.started', reason: 'stop' });
  log.end();
  log.emit({ type: 'catalog.recovered' });
  expect(heard).toEqual(['catalog.recovered', 'snapshot.started']);
});

test('an event carries the job, the attempt and the time', async () => {
  const clock = { now: () => new Date(0), monotonicMs: () => 0 };
  const log = new EventLog(clock, 'align-7', 'a1');
  log.emit({ type: 'catalog.recovered' });
  log.end();
  expect((await log.read().next()).value).toEqual({ at: '1970-01-01T00:00:00.000Z', job: 'align-7', attempt: 'a1', type: 'catalog.recovered' });
});
