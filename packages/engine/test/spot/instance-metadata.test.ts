import { type Imds, startImds } from '@holdfast/testkit/imds';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createInstanceMetadata, type InstanceMetadata } from '../../src/spot/instance-metadata.js';

const tokenPath = '/latest/api/token';
const noticePath = '/latest/meta-data/spot/instance-action';

let imds: Imds;
let elapsedMs = 0;
beforeEach(async () => {
  imds = await startImds();
  elapsedMs = 0;
});
afterEach(() => imds[Symbol.asyncDispose]());

const clock = { now: () => new Date('2026-11-26T10:00:00Z'), monotonicMs: () => elapsedMs };
const metadata = (requestTimeoutMs = 5000): InstanceMetadata => createInstanceMetadata({ endpoint: imds.endpoint, clock, requestTimeoutMs });
const statuses = (path: string): readonly unknown[] => imds.calls.filter((call) => call.path === path).map(({ status }) => status);

test('nothing is announced until it is; then what it is and when', async () => {
  const service = metadata();
  expect(await service.interruption()).toBeUndefined();
  expect(await service.rebalance()).toBeUndefined();
  imds.announce('terminate', new Date('2026-11-26T10:02:00Z'));
  imds.recommendRebalance(new Date('2026-11-26T09:58:00Z'));
  expect(await service.interruption()).toEqual({ action: 'terminate', at: new Date('2026-11-26T10:02:00Z') });
  expect(await service.rebalance()).toEqual({ noticedAt: new Date('2026-11-26T09:58:00Z') });
  expect(imds.calls.filter(({ method }) => method === 'PUT')).toEqual([{ method: 'PUT', path: tokenPath, status: 200 }]);
});

test('a token is renewed a minute before its end, by the life that the service gave it', async () => {
  await imds[Symbol.asyncDispose]();
  imds = await startImds({ longestTtlSeconds: 3600 });
  const service = metadata();
  await service.interruption();
  elapsedMs = 3_539_000;
  await service.interruption();
  expect(statuses(tokenPath)).toHaveLength(1);
  elapsedMs = 3_541_000;
  await service.interruption();
  expect(statuses(tokenPath)).toHaveLength(2);
});

test('a token that is refused is replaced, once a call', async () => {
  const service = metadata();
  await service.interruption();
  imds.expireTokens();
  imds.announce('stop');
  expect(await service.interruption()).toMatchObject({ action: 'stop' });
  expect(statuses(noticePath)).toEqual([404, 401, 200]);
  imds.answer(noticePath, { status: 401 });
  await expect(service.interruption()).rejects.toMatchObject({ code: 'HF_METADATA_UNAVAILABLE', context: { status: 401 } });
  expect(statuses(noticePath)).toEqual([404, 401, 200, 401, 401]);
});

test('a service that hangs is given up, and heard again when it answers', async () => {
  const service = metadata(150);
  imds.hang(true);
  await expect(service.interruption()).rejects.toMatchObject({
    code: 'HF_METADATA_UNAVAILABLE',
    kind: 'unavailable',
    message: 'the instance metadata service did not answer within 150 ms',
  });
  imds.hang(false);
  expect(await metadata().interruption()).toBeUndefined();
});

test('a service that is not there, turned off, or not one is told as such', async () => {
  imds.answer(tokenPath, { status: 403 });
  await expect(metadata().interruption()).rejects.toThrow('gave no token (status 403)');
  imds.answer(tokenPath, { status: 200, body: 'token' });
  imds.answer(noticePath, { status: 500 });
  await expect(metadata().interruption()).rejects.toThrow('refused to tell spot/instance-action (status 500)');
  imds.answer(noticePath, { status: 200, body: '<html>' });
  await expect(metadata().interruption()).rejects.toThrow('told what is not understood for spot/instance-action');
  await imds[Symbol.asyncDispose]();
  await expect(metadata().interruption()).rejects.toThrow(/cannot be reached: connect ECONNREFUSED/u);
});

test('a call that is aborted says so', async () => {
  imds.hang(true);
  const stop = new AbortController();
  const asked = metadata().interruption({ signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});
