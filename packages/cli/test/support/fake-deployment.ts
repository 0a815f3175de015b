import { HoldfastError, type JobRecord, type StorageState } from '@holdfast/core';
import type { Deployment, DeploymentCatalog, DeploymentJobs, DeploymentStorage, RunRequest } from '@holdfast/engine';
import type { FakeRun } from './fake-run.js';

export interface FakeDeployment extends Deployment {
  readonly calls: string[];
  readonly requests: RunRequest[];
}

export interface FakeDeploymentParts {
  readonly storageState?: StorageState;
  readonly storage?: Partial<DeploymentStorage>;
  readonly jobs?: Partial<DeploymentJobs>;
  readonly catalog?: DeploymentCatalog;
  readonly doctor?: Deployment['doctor'];
  readonly prune?: Deployment['prune'];
  readonly changeKey?: Deployment['changeKey'];
  readonly serveAgent?: Deployment['serveAgent'];
  readonly run?: (request: RunRequest, signal: AbortSignal | undefined) => Promise<FakeRun>;
  readonly close?: () => Promise<void>;
}

/** Answers what the test gives it; everything else is refused. */
export function fakeDeployment(parts: FakeDeploymentParts = {}): FakeDeployment {
  const calls: string[] = [];
  const requests: RunRequest[] = [];
  const inspection = { state: parts.storageState ?? 'ready', reason: undefined, resources: [] } as const;
  return {
    calls,
    requests,
    storage: {
      type: 'local',
      name: 'local:/fake',
      capabilities: { provision: true, destroy: true, bootFragment: true, multiAttach: false, lastingAttach: true, usage: true },
      plan: () => notHere(),
      provision: () => {
        calls.push('provision');
        return Promise.resolve({ ...inspection, state: 'ready' });
      },
      inspect: () => Promise.resolve(inspection),
      attach: () => notHere(),
      detachLasting: () => notHere(),
      status: () => notHere(),
      destroy: () => notHere(),
      bootFragment: () => '',
      ...parts.storage,
    },
    jobs: {
      list: () => notHere(),
      totals: () => notHere(),
      show: () => notHere(),
      verify: () => notHere(),
      snapshot: () => notHere(),
      stop: () => notHere(),
      prune: () => notHere(),
      fork: () => notHere(),
      remove: () => notHere(),
      export: () => notHere(),
      import: () => notHere(),
      ...parts.jobs,
    },
    catalog: parts.catalog ?? { rebuild: () => notHere() },
    doctor: parts.doctor ?? (() => notHere()),
    prune: parts.prune ?? (() => notHere()),
    changeKey: parts.changeKey ?? (() => notHere()),
    serveAgent: parts.serveAgent ?? (() => notHere()),
    attach: () => Promise.resolve(),
    run: async (request, options) => {
      requests.push(request);
      const run = await (parts.run ?? notHere)(request, options?.signal);
      if (options?.onEvent !== undefined) run.tell(options.onEvent);
      return run;
    },
    [Symbol.asyncDispose]: async () => {
      calls.push('closed');
      await parts.close?.();
    },
  };
}

function notHere(): Promise<never> {
  return Promise.reject(new HoldfastError('HF_UNEXPECTED', { kind: 'unexpected', message: 'not in this test' }));
}

export const aJob: JobRecord = {
  job: 'align-7',
  repositoryId: 'r1',
  command: ['./align.sh', 'a file\n'],
  workingDirectory: '/data',
  status: 'interrupted',
  labels: { team: 'genomics' },
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
  exitCode: undefined,
};
