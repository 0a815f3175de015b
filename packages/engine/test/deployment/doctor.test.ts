import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttachedStorage,
  type CatalogFinding,
  HoldfastError,
  type MetadataStore,
  parseDeploymentConfig,
  type StorageDriver,
  type StorageState,
} from '@holdfast/core';
import { expect, test } from 'vitest';
import { runDoctor } from '../../src/deployment/doctor.js';

interface Given {
  readonly uid?: number;
  readonly state?: StorageState;
  readonly attachFails?: HoldfastError;
  readonly freeBytes?: number;
  readonly reason?: string;
  readonly keyFile?: string;
  readonly openFails?: HoldfastError;
  readonly findings?: readonly CatalogFinding[];
  readonly costClass?: { readonly costClass: string };
  readonly multiAttach?: boolean;
  readonly native?: string;
}

const rights = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', 'CAP_SYS_RESOURCE'];
const tools = { criu: '/nowhere/criu', runc: '/nowhere/runc', native: '/nowhere' };

async function checksOf({
  uid = 0,
  state = 'ready',
  attachFails,
  freeBytes = 2 ** 40,
  reason,
  keyFile,
  openFails,
  findings = [],
  costClass,
  multiAttach = false,
  native = tools.native,
}: Given) {
  const effective = uid === 0 ? rights : [];
  const attached: Partial<AttachedStorage> = {
    health: () => Promise.resolve({ ok: true, latencyMs: 2, reason: undefined }),
    usage: () => Promise.resolve({ totalBytes: 2 ** 41, freeBytes }),
    detach: () => Promise.resolve(),
  };
  const driver: Partial<StorageDriver> = {
    name: 'fake',
    capabilities: { provision: true, destroy: true, bootFragment: true, multiAttach, lastingAttach: false, usage: true },
    inspect: () => Promise.resolve({ state, reason, resources: [] }),
    plan: () => Promise.resolve({ resources: [{ kind: 'bucket', name: 'b', action: 'create', detail: '', ...costClass }], upToDate: false }),
    attach: () => (attachFails === undefined ? Promise.resolve(attached as AttachedStorage) : Promise.reject(attachFails)),
  };
  const catalog: Partial<MetadataStore> = {
    type: 'fake',
    listJobs: () => Promise.resolve({ items: [], nextCursor: undefined }),
    findings: () => Promise.resolve(findings),
  };
  const report = await runDoctor(
    {
      config: {
        ...parseDeploymentConfig({ tools: { ...tools, native }, ...(keyFile === undefined ? {} : { encryption: { keyFile } }) }),
        catalog: { type: 'fake' },
      },
      driver: driver as StorageDriver,
      catalog: () => Promise.resolve(catalog as MetadataStore),
      openStore: () => (openFails === undefined ? Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }) : Promise.reject(openFails)),
      caller: { uid, capabilities: { effective, bounding: [], permitted: [], inheritable: [], ambient: [] } },
    },
    {},
  );
  return new Map(report.checks.map((check) => [check.name, check]));
}

test('the free space of a storage is told', async () => {
  expect((await checksOf({})).get('storage fake')).toMatchObject({ ok: true, detail: 'answers in 2 ms, 1TiB free of 2TiB' });
});

test('storage that is not there yet is made by the first job, but not where it costs money or is shared', async () => {
  expect((await checksOf({ state: 'absent' })).get('storage fake')).toMatchObject({ ok: true });
  for (const given of [{ costClass: { costClass: 'about 15 USD a month' } }, { multiAttach: true }]) {
    const check = (await checksOf({ state: 'absent', ...given })).get('storage fake');
    expect(check).toMatchObject({ ok: false, remedy: expect.stringContaining('holdfast storage provision') as unknown });
  }
});

test('storage that is being made is not ok, and who goes on with it is told', async () => {
  const check = (await checksOf({ state: 'creating', reason: 'the database is being made' })).get('storage fake');
  expect(check).toMatchObject({ ok: false, detail: 'the database is being made', remedy: expect.stringContaining('goes on') as unknown });
});

test('a full storage is not ok', async () => {
  expect((await checksOf({ freeBytes: 4096 })).get('storage fake')).toMatchObject({ ok: false, detail: 'is full: 4KiB free of 2TiB' });
});

test('a storage that is not ready has the remedy of what refuses it', async () => {
  const attachFails = new HoldfastError('HF_STORAGE_PERMISSION', { kind: 'permission', message: 'everybody may write it', hint: 'chmod o-w' });
  const check = (await checksOf({ state: 'failed', reason: 'unsafe', attachFails })).get('storage fake');
  expect(check).toEqual({ name: 'storage fake', ok: false, detail: 'everybody may write it', remedy: 'chmod o-w' });
});

test('root is told which programs are missing', async () => {
  const checks = await checksOf({});
  for (const name of ['criu', 'runc', 'native helpers', 'criu on this kernel']) expect(checks.get(name)?.ok, name).toBe(false);
});

test('another user is told that rights are missing, and of nothing else that it is', async () => {
  const attachFails = new HoldfastError('HF_STORAGE_PERMISSION', { kind: 'permission', message: 'not for you' });
  const checks = await checksOf({ uid: 1000, attachFails });
  expect([...checks.values()].filter(({ ok }) => !ok)).toMatchObject([{ name: 'rights' }]);
  for (const name of ['criu', 'runc', 'native helpers', 'criu on this kernel', 'storage fake']) {
    expect(checks.get(name), name).toMatchObject({ ok: true, skipped: true, detail: 'needs root to tell' });
  }
});

test('a catalog that answers is ok; one whose settings lose what is written is not', async () => {
  expect((await checksOf({})).get('catalog fake')).toMatchObject({ ok: true, detail: 'answers' });
  const finding = { detail: 'forgets', remedy: 'tell it not to' };
  expect((await checksOf({ findings: [finding] })).get('catalog fake')).toEqual({ name: 'catalog fake', ok: false, ...finding });
});

const missing = new HoldfastError('HF_KEY_MISSING', { kind: 'invalid-argument', message: 'no key was given', hint: 'Name the key' });
const wrong = new HoldfastError('HF_KEY_WRONG', { kind: 'permission', message: 'the key is another one' });
const absent = new HoldfastError('HF_REPOSITORY_MISSING', { kind: 'not-found', message: 'there is none' });

test('a repository that opens is ok, and so is one that is not there yet', async () => {
  expect((await checksOf({})).get('repository')).toMatchObject({ ok: true, detail: 'opens; not encrypted' });
  expect((await checksOf({ openFails: absent })).get('repository')).toMatchObject({ ok: true, detail: 'not there yet; made by the first job' });
});

test.each([
  ['missing', missing],
  ['wrong', wrong],
])('a key that is %s is told with its remedy, to every user', async (_how, openFails) => {
  for (const uid of [0, 1000]) {
    const check = (await checksOf({ openFails, uid })).get('repository');
    expect(check).toEqual({ name: 'repository', ok: false, detail: openFails.message, remedy: openFails.hint });
  }
});

test('a key that cannot be read is told by the name of its file; another user is told that root may', async () => {
  const [asRoot, asUser] = [await checksOf({ keyFile: '/nowhere/key' }), await checksOf({ keyFile: '/nowhere/key', uid: 1000 })];
  expect(asRoot.get('encryption key')).toMatchObject({ ok: false, detail: "The key's file /nowhere/key cannot be read (ENOENT)" });
  expect(asUser.get('encryption key')).toMatchObject({ ok: true, skipped: true });
  expect(asRoot.has('repository')).toBe(false);
});

test('a machine that cannot resume lazily lacks nothing, and is told why it cannot', async () => {
  const native = await mkdtemp(join(tmpdir(), 'holdfast-native-'));
  await writeFile(join(native, 'holdfast-pager'), '#!/bin/sh\n[ "$*" = --check ] && echo "no userfaultfd" && exit 1\n', { mode: 0o755 });
  const lazy = async (): Promise<unknown> => (await checksOf({ native })).get('lazy resume');
  expect(await lazy()).toEqual({ name: 'lazy resume', ok: true, detail: expect.stringContaining(': no userfaultfd') as unknown, remedy: undefined });
  await writeFile(join(native, 'holdfast-pager'), '#!/bin/sh\n[ "$*" = --check ]\n', { mode: 0o755 });
  expect(await lazy()).toMatchObject({ ok: true, detail: 'userfaultfd tells all that it must' });
  await rm(native, { recursive: true });
});
