import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adoptContainer } from '../../src/agent/adopt-container.js';
import type { AgentContext } from '../../src/agent/agent-context.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { bundle } from '../oci/bundles.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-adopt-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test('a job that was through before it was looked at has ended as Docker says; elsewhere it is none that runs', async () => {
  const mounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  const groups = mounts
    .filter(({ type }) => type.startsWith('cgroup'))
    .map(({ mountPoint, superOptions, type }) => {
      return [type === 'cgroup2' ? '' : superOptions.find((option) => option === 'freezer'), `${mountPoint}/holdfast-gone`] as const;
    });
  const cgroups: Readonly<Record<string, string>> = Object.fromEntries(
    groups.flatMap(([name, path]) => (name === undefined ? [] : [[name, path] as const])),
  );
  const state = {
    init_process_pid: process.pid,
    init_process_start: 1,
    cgroup_paths: cgroups,
  };
  await mkdir(join(folder, 'c1'));
  await writeFile(join(folder, 'c1/state.json'), JSON.stringify(state));
  const context = {
    config: { stateDirectory: folder, job: { tcp: 'close' } },
    docker: { exitCode: async (_id: string, ended: Promise<unknown>) => ended.then(() => 7) },
    clock: systemClock,
    logger: silentLogger,
  } as unknown as AgentContext;
  const setup = { id: 'c1', root: folder, description: bundle(), contract: {}, files: { mountpoints: [] } } as unknown as ContainerSetup;
  const container = await adoptContainer(context, setup, [], { mayHaveEnded: true });
  await expect(container.exited).resolves.toEqual({ exitCode: 7, signal: undefined });
  await expect(adoptContainer(context, setup, [])).rejects.toMatchObject({ code: 'HF_JOB_NOT_RUNNING' });
});
