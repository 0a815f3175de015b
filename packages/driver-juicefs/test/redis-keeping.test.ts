import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { planVolume } from '../src/inspect.js';
import { provisionVolume } from '../src/provision.js';
import type { AskRedis } from '../src/redis-keeping.js';
import type { Setup } from '../src/setup.js';
import { aConfig } from './support/a-config.js';
import { fakeJuicefs } from './support/fake-juicefs.js';

const safe = { maxmemoryPolicy: 'noeviction', hasAppendOnlyFile: true };

function setupWith(setup: Setup, answer: Awaited<ReturnType<AskRedis>>, more: Parameters<typeof aConfig>[0] = {}): Setup {
  const { program, stateDirectory } = setup.config;
  const config = aConfig({ program, stateDirectory, metadata: { url: 'redis://jfs@cache.example.org/1' }, ...more });
  return { ...setup, config, sources: { environment: { HOLDFAST_STORAGE_PASSWORD: 'p', ...process.env } }, askRedis: async () => answer };
}

test.each([
  [{ ...safe, maxmemoryPolicy: 'allkeys-lru' }, {}, 'maxmemory-policy allkeys-lru'],
  [{ ...safe, maxmemoryPolicy: 'volatile-ttl' }, { allowDataLoss: true }, 'maxmemory-policy volatile-ttl'],
  [{ ...safe, hasAppendOnlyFile: false }, {}, 'no append-only file'],
])('a given Redis with %j is refused before the client has seen it', async (answer, more, words) => {
  await using fake = await fakeJuicefs();
  for (const run of [provisionVolume, planVolume]) {
    const error = await assertRejects(run(setupWith(fake.setup, answer, more)), { code: 'HF_PROVISION_UNSAFE' });
    expect(error.message).toContain(`rediss://cache.example.org:6379/1`);
    expect(error.message).toContain(words);
  }
  await expect(fake.calls()).rejects.toThrow('ENOENT');
});

test.each([
  [safe, {}],
  [{ ...safe, hasAppendOnlyFile: false }, { allowDataLoss: true }],
  [{ ...safe, hasAppendOnlyFile: false }, { metadata: { url: 'rediss://jfs@a.b.memorydb.eu-west-1.amazonaws.com/0' } }],
  [undefined, {}],
])('one with %j and %j is taken', async (answer, more) => {
  await using fake = await fakeJuicefs();
  await provisionVolume(setupWith(fake.setup, answer, more));
  expect(await fake.calls()).toContainEqual(expect.stringMatching(/^format /u));
});

test('it is asked as the user of the URL, with the password', async () => {
  await using fake = await fakeJuicefs();
  const asked: unknown[] = [];
  const askRedis: AskRedis = async (place) => void asked.push(place);
  await provisionVolume({ ...setupWith(fake.setup, safe), askRedis });
  expect(asked).toEqual([{ host: 'cache.example.org', port: 6379, user: 'jfs', password: 'p', tls: { caFile: undefined } }]);
});
