import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineSessions } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { createJuicefsDriver } from '../src/driver.js';
import { aConfig } from './support/a-config.js';
import { fakeBucket } from './support/fake-bucket.js';

test('who is attached is listed also where the mount is gone, and stops a destroy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-status-'));
  try {
    const config = aConfig({ mount: { path: join(folder, 'mount') } });
    const sessions = machineSessions(join(folder, 'sessions'));
    const driver = createJuicefsDriver({ config, sources: {}, buckets: () => fakeBucket().client }, sessions, {});
    await sessions.setLasting(true);
    await using _ = await sessions.enter();
    const { root, lasting, sessions: list } = await driver.status();
    expect({ root, lasting, sessions: list.length }).toEqual({ root: undefined, lasting: true, sessions: 1 });
    await assertRejects(driver.destroy(), { code: 'HF_STORAGE_IN_USE' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
