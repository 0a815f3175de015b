import type { Freezer } from '@holdfast/twin';
import { startTwinHelper } from '@holdfast/twin';
import { expect, test } from 'vitest';
import { Job, program } from './job.js';
import { drop, forkOnce } from './twins.js';

const kind: Freezer['kind'] = 'v1';

test('pages that show another frame than in the twin are told, and those that were never in it', async () => {
  await using job = new Job('shapes', [], { kind });
  const first = Number(await job.line());
  const written = { firstPage: first, pageCount: 2 };
  await using helper = await startTwinHelper({ program });
  await forkOnce(helper, job);
  expect(await helper.changedPages(job.pid, [written])).toEqual([]);
  // Never written to, and not forked.
  expect(await helper.changedPages(job.pid, [{ firstPage: first, pageCount: 4 }])).toEqual([{ firstPage: first + 2, pageCount: 2 }]);
  job.write('go\n');
  expect(await job.line()).toBe('done');
  await job.freeze();
  expect(await helper.changedPages(job.pid, [written])).toEqual([{ firstPage: first + 1, pageCount: 1 }]);
  expect(await helper.changedPages(job.pid, [])).toEqual([]);
  await job.thaw();
  await drop(helper, job);
  await expect(helper.changedPages(job.pid, [written])).rejects.toMatchObject({ code: 'HF_TWIN_REFUSED', context: { reason: 'lost' } });
});
