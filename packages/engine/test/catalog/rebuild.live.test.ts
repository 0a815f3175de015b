import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Deployment } from '../../dist/index.js';
import { counting, nextEvent, openWorkshop } from '../run/workshop.js';

/** What a user sees of every job, without what only a catalog has. */
async function seen({ jobs }: Deployment): Promise<unknown> {
  const { items } = await jobs.list();
  const details = await Promise.all(items.map(async ({ job }) => ({ ...(await jobs.show(job)), events: [] })));
  return { items, details };
}

test('after real runs an empty catalog is made equal to the lost one, also while a job runs', async () => {
  await using workshop = await openWorkshop();
  const first = await workshop.machine('first');
  const ended = await workshop.run(first, { job: 'ended', script: 'exit 3', labels: { team: 'x' } });
  await ended.result;
  const stopped = await workshop.run(first, { job: 'resumed', script: counting(100) });
  await stopped.snapshot();
  await stopped.kill();
  const resumed = await workshop.run(first, { job: 'resumed', script: counting(100) });
  await resumed.stop();
  await first.jobs.fork('resumed', { to: 'forked' });
  const running = await workshop.run(first, { job: 'running', script: counting(3000) });
  const committed = nextEvent(running, 'snapshot.committed');
  await running.snapshot();
  await committed;
  const before = await seen(first);
  const second = await workshop.machine('second', { catalog: { type: 'sqlite', path: join(workshop.directory, 'new.sqlite') } });
  expect((await second.jobs.list()).items).toEqual([]);
  expect(await second.catalog.rebuild()).toMatchObject({ jobs: 4, attempts: 4, snapshots: 4, removed: [], problems: [] });
  await running.stop();
  // The rebuilt catalog hears of the end by another rebuild alone: this run has its own.
  await second.catalog.rebuild();
  expect(before).toMatchObject({ details: expect.arrayContaining([expect.objectContaining({ job: 'running' })]) as unknown });
  expect(await seen(second)).toEqual(await seen(first));
}, 180_000);
