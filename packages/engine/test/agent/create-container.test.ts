import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, type JobState, silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { ContainerEntry } from '../../src/agent/container-entry.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { createContainer, type Creation } from '../../src/agent/create-container.js';
import type { LauncherConversation } from '../../src/agent/launcher-conversation.js';
import { readBundle } from '../../src/oci/bundle.js';
import { bundleText } from '../oci/bundles.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-create-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const claim = vi.fn(() => Promise.reject(new Error('no claim is made here')));
const snapshots: JobState = { job: 'job', epoch: undefined, newest: 1, sources: [] };

interface Scene {
  readonly state: () => Promise<JobState>;
  readonly list?: () => Promise<readonly object[]>;
  readonly onAsked?: () => void;
  readonly heldBy?: HoldfastError;
}

/** What becomes of a container, and what its launcher was told. */
async function create({ state, list = () => Promise.resolve([]), onAsked = () => undefined, heldBy }: Scene, launcher: AbortSignal): Promise<Told> {
  const store = { repositoryId: 'r', state, list, claim };
  const catalog = { acquireLease: () => Promise.reject(new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'down', kind: 'unavailable' })) };
  const environment = {
    store,
    catalog,
    stateDirectory: folder,
    memoryDirectory: folder,
    leaseTtlMs: 1000,
    exclude: [],
    journal: { folder: join(folder, 'journal') },
  };
  const context = {
    config: { stateDirectory: folder, job: { tcp: 'close', resume: {} }, limits: {}, agent: { storageWaitMs: 30, storageUnknown: 'start' } },
    options: {},
    identity: { bootId: 'b', pid: 1, startTicks: 1 },
    host: 'h',
    tools: {},
    clock: systemClock,
    logger: silentLogger,
    environmentOf: () => Promise.resolve(environment),
    assertNotHeldHere: () => (heldBy === undefined ? Promise.resolve() : Promise.reject(heldBy)),
    knownSnapshots: () => Promise.resolve('none' as const).finally(onAsked),
  } as unknown as AgentContext;
  await mkdir(join(folder, 'bundle'));
  await writeFile(join(folder, 'bundle/config.json'), bundleText({}));
  const description = await readBundle(join(folder, 'bundle'));
  const files = { exclude: [], roots: [], overlay: undefined };
  const setup = { id: 'c1', name: 'c', job: 'job', bundle: folder, root: folder, contract: {}, description, files } as unknown as ContainerSetup;
  const said: string[] = [];
  const conversation = {
    signal: launcher,
    say: (text: string) => said.push(text),
    resuming: () => undefined,
    decide: (verdict: { readonly do: string }) => said.push(`do ${verdict.do}`),
  } as unknown as LauncherConversation;
  const creation = await createContainer(context, new ContainerEntry(setup, ''), conversation).catch((error: unknown) => error as Error);
  return { creation, said };
}

interface Told {
  readonly creation: Creation | Error;
  readonly said: readonly string[];
}

describe('a container that is made', () => {
  test('is not decided on once its launcher has gone away, whatever the storage says', async () => {
    const launcher = new AbortController();
    const state = (): Promise<JobState> => Promise.reject(new HoldfastError('HF_STORAGE_IO', { message: 'away', kind: 'unavailable' }));
    const { creation, said } = await create({ state, onAsked: () => launcher.abort() }, launcher.signal);
    expect(creation).toMatchObject({ name: 'AbortError' });
    expect(said).not.toContain('do create');
  });

  test('and in which its job can never go on has not claimed it', async () => {
    const list = (): Promise<never> => Promise.reject(new HoldfastError('HF_RESTORE_REFUSED', { message: 'other mounts', kind: 'conflict' }));
    const { creation, said } = await create({ state: () => Promise.resolve(snapshots), list }, new AbortController().signal);
    expect(creation).toMatchObject({ kind: 'failed', failure: { code: 'HF_RESTORE_REFUSED' } });
    expect(claim).not.toHaveBeenCalled();
    expect(said).toEqual([]);
  });

  test('nor has one whose job another container of this node has, where the catalog does not tell', async () => {
    const heldBy = new HoldfastError('HF_JOB_HELD', { message: 'held', kind: 'conflict' });
    const { creation } = await create({ state: () => Promise.resolve(snapshots), heldBy }, new AbortController().signal);
    expect(creation).toMatchObject({ kind: 'failed', failure: { code: 'HF_JOB_HELD' } });
    expect(claim).not.toHaveBeenCalled();
  });
});
