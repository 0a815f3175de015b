import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { parseJuicefsConfig } from '../src/config.js';
import type { Setup } from '../src/setup.js';
import { watchVolumeTrouble } from '../src/trouble.js';
import { aSection } from './support/a-config.js';
import { type FakeJuicefs, fakeJuicefs } from './support/fake-juicefs.js';

const uploadFailed = '<WARNING>: Upload chunks/0/0/1_0_4: PUT https://s3/b: AccessDenied: 403 (try 5) [upload@cached_store.go:1]\n';
const cacheFull = '<WARNING>: Write to cache file /c/raw/1.tmp failed: write /c/raw/1.tmp: no space left on device [flushPage@disk_cache.go:541]\n';

/** A volume that is there and well, its log in the fake's folder. */
async function volume(fake: FakeJuicefs, mount: Readonly<Record<string, unknown>> = {}): Promise<{ setup: Setup; logFile: string }> {
  const { setup } = fake;
  await fake.tell('made');
  const logFile = join(setup.config.stateDirectory, '..', 'log');
  await writeFile(logFile, '');
  const { program, stateDirectory } = setup.config;
  const config = parseJuicefsConfig(aSection({ program, stateDirectory, allowDataLoss: true, mount: { path: '/nowhere', logFile, ...mount } }));
  return { setup: { ...setup, config }, logFile };
}

function withWrite(setup: Setup, write: () => Promise<boolean>): Setup {
  return { ...setup, buckets: (...place) => ({ ...setup.buckets(...place), write }) };
}

test('where bucket and metadata engine are well and the log is silent nothing is told, and nothing is written to the bucket', async () => {
  await using fake = await fakeJuicefs();
  const { setup } = await volume(fake);
  expect(await (await watchVolumeTrouble(setup))()).toBeUndefined();
  expect(fake.bucket.objects.size).toBe(0);
});

test('a bucket that refuses to be written is told as it refuses, though it may be read', async () => {
  await using fake = await fakeJuicefs();
  const { setup } = await volume(fake);
  const denied = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'denied', hint: 'allow it' });
  const tell = await watchVolumeTrouble(withWrite(setup, () => Promise.reject(denied)));
  expect(await tell()).toMatchObject({ code: 'HF_CLOUD_DENIED', message: 'denied', hint: 'allow it' });
});

test('a bucket that says nothing is told at the deadline', async () => {
  await using fake = await fakeJuicefs();
  const { setup } = await volume(fake);
  const buckets: Setup['buckets'] = (...place) => ({
    ...setup.buckets(...place),
    write: (_key, _text, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' })));
      }),
  });
  const told = await (await watchVolumeTrouble({ ...setup, buckets }, 2000))();
  expect(told).toMatchObject({ code: 'HF_STORAGE_TIMEOUT', message: "The bucket 'acme-snapshots' does not answer: nothing came within 2 s" });
});

test('a metadata engine that is away is told, and a bucket that is away too beside it', async () => {
  await using fake = await fakeJuicefs();
  const { setup } = await volume(fake);
  await writeFile(
    setup.config.program ?? '',
    "#!/bin/sh\necho '<FATAL>: load setting: dial tcp 10.0.0.1:5432: connect: connection refused' >&2; exit 1\n",
  );
  const away =
    'The metadata engine postgres://db.example.org:5432/jfs does not answer: load setting: dial tcp 10.0.0.1:5432: connect: connection refused';
  expect(await (await watchVolumeTrouble(setup))()).toMatchObject({
    code: 'HF_STORAGE_IO',
    message: away,
    hint: 'Look whether it runs and can be reached from here',
  });
  const unanswered = new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'The bucket is away' });
  const both = await watchVolumeTrouble(withWrite(setup, () => Promise.reject(unanswered)));
  expect((await both())?.message).toBe(`${away}; The bucket is away`);
});

test('of the log that counts which was said since; a full cache disk is a cause only where blocks are staged there', async () => {
  await using fake = await fakeJuicefs();
  const { setup, logFile } = await volume(fake);
  await appendFile(logFile, uploadFailed);
  const tell = await watchVolumeTrouble(setup);
  await appendFile(logFile, cacheFull);
  expect(await tell()).toBeUndefined();
  await appendFile(logFile, uploadFailed);
  expect(await tell()).toMatchObject({
    code: 'HF_CLOUD_DENIED',
    message:
      "The bucket 'acme-snapshots' may not be used with these credentials: Upload chunks/0/0/1_0_4: PUT https://s3/b: AccessDenied: 403 (try 5)",
  });
  const staging = await volume(fake, { writeback: true });
  const tellOfStaging = await watchVolumeTrouble({ ...staging.setup });
  await appendFile(staging.logFile, cacheFull);
  expect(await tellOfStaging()).toMatchObject({
    code: 'HF_STORAGE_FULL',
    hint: "Free their disk, or give others as 'mount.cacheDirectories'",
  });
});
