import type { JobPage, JobTotals } from '@holdfast/engine';
import { expect, test } from 'vitest';
import { aJob, fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

/** Two pages of one job each. */
function listing() {
  const queries: Readonly<Record<string, unknown>>[] = [];
  const list = (query: object = {}): Promise<JobPage> => {
    queries.push({ ...query });
    const isFirst = !('cursor' in query);
    return Promise.resolve({ items: [{ ...aJob, job: isFirst ? 'one' : 'two' }], nextCursor: isFirst ? 'c2' : undefined, warning: 'no catalog' });
  };
  return { queries, deployment: fakeDeployment({ jobs: { list } }) };
}

const counted: JobTotals = { jobs: { running: 0, interrupted: 2, succeeded: 1, failed: 0 }, snapshots: 4, storedBytes: 2048, warning: undefined };

test('list --all follows the pages to the last', async () => {
  const { queries, deployment } = listing();
  const { status, stdout } = await runLine(['list', '--all', '--json', '--prefix', 'a'], { deployment });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ job: 'one' }, { job: 'two' }], nextCursor: null, warning: 'no catalog' });
  expect(queries).toEqual([
    { limit: 1000, prefix: 'a' },
    { limit: 1000, prefix: 'a', cursor: 'c2' },
  ]);
});

test('list --since takes an age and a time', async () => {
  const { queries, deployment } = listing();
  await runLine(['list', '--since', '2026-11-20T08:00:00+01:00'], { deployment });
  await runLine(['list', '--since', '2026-11-20'], { deployment });
  expect(queries).toEqual([{ updatedAfter: '2026-11-20T07:00:00.000Z' }, { updatedAfter: '2026-11-20T00:00:00.000Z' }]);
  const before = Date.now();
  await runLine(['list', '--since', '30d'], { deployment });
  await runLine(['list', '--since', '29d'], { deployment });
  const [older, younger] = queries.slice(2).map(({ updatedAfter }) => Date.parse(String(updatedAfter)));
  expect(older).toBeLessThan(younger ?? 0);
  expect(older).toBeLessThan(before);
  for (const wrong of ['yesterday', '0h', '2026-13-01', '2h ago'])
    expect(await runLine(['list', '--since', wrong], { deployment })).toMatchObject({ status: 2, stderr: expect.stringContaining(wrong) as unknown });
  expect(queries).toHaveLength(4);
});

test('list --totals counts, and takes nothing that chooses', async () => {
  const deployment = fakeDeployment({ jobs: { totals: () => Promise.resolve(counted) } });
  expect(await runLine(['list', '--totals'], { deployment })).toMatchObject({
    status: 0,
    stdout: '3 jobs, 4 snapshots, 2KiB added\n  interrupted 2\n  succeeded   1\n',
    stderr: '',
  });
  expect(JSON.parse((await runLine(['list', '--totals', '--json'], { deployment })).stdout)).toEqual({ ...counted, warning: null });
  const refused = await runLine(['list', '--totals', '--prefix', 'a'], { deployment });
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('--prefix chooses some') as unknown });
  const without = fakeDeployment({ jobs: { totals: () => Promise.resolve({ ...counted, warning: 'no catalog' }) } });
  expect((await runLine(['list', '--totals'], { deployment: without })).stderr).toBe('holdfast: no catalog\n');
});

test('show pages its events, and says where the catalog is missing', async () => {
  const asked: unknown[] = [];
  const event = { job: 'j', attempt: 'a', at: 'now', detail: {} };
  const nothing = { job: 'j', record: aJob, holder: undefined, snapshots: [], forkedFrom: undefined, attempts: [] };
  const deployment = fakeDeployment({
    jobs: {
      show: (_job, options) => {
        asked.push(options?.events);
        const events = Array.from({ length: options?.events?.limit ?? 100 }, (_none, index) => ({ ...event, type: `e${index}` }));
        return Promise.resolve({ ...nothing, events, nextCursor: 'c2', warning: 'no catalog' });
      },
    },
  });
  const told = await runLine(['show', 'j', '--events', '12', '--cursor', 'c1'], { deployment });
  expect(told.stdout).toContain('e11');
  expect(told.stderr).toBe('holdfast: no catalog\nholdfast: there are more events: holdfast show j --events 12 --cursor c2\n');
  const plain = await runLine(['show', 'j'], { deployment });
  expect([plain.stdout.includes('e9'), plain.stdout.includes('e10'), plain.stderr.includes('more')]).toEqual([true, false, false]);
  expect(JSON.parse((await runLine(['show', 'j', '--json'], { deployment })).stdout)).toMatchObject({ nextCursor: 'c2', warning: 'no catalog' });
  expect(asked).toEqual([{ limit: 12, cursor: 'c1' }, {}, {}]);
});
