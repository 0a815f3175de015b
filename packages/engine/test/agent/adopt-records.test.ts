import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adoptRecords } from '../../src/agent/adopt-records.js';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { recordFile, writeContainerRecord } from '../../src/agent/container-record.js';
import { bundleText } from '../oci/bundles.js';

let folder: string;
let context: AgentContext;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-adopt-'));
  const config = { stateDirectory: folder, limits: { restoreTimeoutMs: 900_000 }, agent: { namespace: undefined } };
  const docker = { describe: () => Promise.resolve({ name: undefined, image: undefined }) };
  context = { config, docker, logger: silentLogger, clock: systemClock } as unknown as AgentContext;
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** A record, and what its attempt has on the disk. */
async function noted(id: string, { bundle = true, made = false, attempts = [`attempt-${id}`] } = {}): Promise<string> {
  const place = join(folder, 'bundles', id);
  if (bundle) {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'config.json'), bundleText({ env: ['MMC_CHECKPOINT_MODE=true'], readonly: true, rootPath: folder }));
  }
  if (made) await mkdir(join(folder, 'runc', id), { recursive: true });
  const record = {
    version: 1,
    id,
    name: id,
    job: 'job',
    bundle: place,
    root: join(folder, 'runc'),
    attempts,
    epochBefore: 0,
  } as const;
  await writeContainerRecord(folder, record);
  const images = join(folder, 'staging', `attempt-${id}`);
  await mkdir(images, { recursive: true });
  return images;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

describe('what an agent finds of containers that do not run', () => {
  test('one that its launcher is just making stays, with what it is restored from', async () => {
    const images = await noted('young');
    const { entries, ended } = await adoptRecords(context);
    expect(ended).toEqual([]);
    expect(entries.map(({ setup, state }) => [setup.id, state])).toEqual([['young', 'starting']]);
    expect(await isThere(images)).toBe(true);
    expect(await isThere(recordFile(folder, 'young'))).toBe(true);
  });

  test('of one that was given up, has ended or is gone no more than the record stays, until its end is settled', async () => {
    const all = [await noted('old'), await noted('ended', { made: true }), await noted('gone', { bundle: false })];
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(recordFile(folder, 'old'), longAgo, longAgo);
    const { entries, ended } = await adoptRecords(context);
    expect(entries).toEqual([]);
    expect(ended.map(({ id }) => id).sort()).toEqual(['ended', 'gone', 'old']);
    for (const images of all) expect(await isThere(images), images).toBe(false);
    for (const id of ['old', 'ended', 'gone']) expect(await isThere(recordFile(folder, id)), id).toBe(true);
  });

  test('one that no attempt had claimed is forgotten', async () => {
    await noted('unclaimed', { made: true, attempts: [] });
    expect(await adoptRecords(context)).toEqual({ entries: [], ended: [] });
    expect(await isThere(recordFile(folder, 'unclaimed'))).toBe(false);
  });
});
