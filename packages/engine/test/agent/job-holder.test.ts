import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobState } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContainerEntry } from '../../src/agent/container-entry.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { assertNotHeldHere } from '../../src/agent/job-holder.js';
import { ownProcessIdentity } from '../../src/container/process-identity.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-holder-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

interface Other {
  readonly id?: string;
  readonly job?: string;
  readonly claimed?: boolean;
  readonly runs?: boolean;
  readonly made?: boolean;
  readonly unprotected?: boolean;
}

/** Whether container `c2` of job `job` may claim it beside another one. */
async function claim({ id = 'c1', job = 'job', claimed = true, runs = true, made = false, unprotected = false }: Other): Promise<void> {
  const entry = new ContainerEntry({ id, name: 'first', job, bundle: '/b', root: folder, contract: {} } as unknown as ContainerSetup, '');
  if (claimed) await entry.noteAttempt(folder, 'a', { job, epoch: undefined, newest: undefined, sources: [] } satisfies JobState);
  if (unprotected) entry.goesUnprotected('no');
  const { pid, startTicks } = ownProcessIdentity();
  await mkdir(join(folder, id), { recursive: true });
  if (runs) await writeFile(join(folder, id, 'state.json'), JSON.stringify({ init_process_pid: pid, init_process_start: startTicks }));
  await assertNotHeldHere({ id: 'c2', job: 'job' }, [entry], () => made);
}

describe('a job that another container of this node has', () => {
  test.each([
    ['runs', {}],
    ['is just being made', { runs: false, made: true }],
  ])('is not claimed for a second one while that %s', async (_what, other) => {
    await expect(claim(other)).rejects.toMatchObject({ code: 'HF_JOB_HELD', message: expect.stringContaining('container first') as string });
  });

  test.each([
    ['has another job', { job: 'other' }],
    ['is that one itself', { id: 'c2' }],
    ['has not claimed it', { claimed: false }],
    ['has ended', { runs: false }],
    ['is not protected', { unprotected: true }],
  ])('is none where the other %s', async (_what, other) => {
    await expect(claim(other)).resolves.toBeUndefined();
  });
});
