import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { commandSince, notStarted } from '../../src/agent/goes-on.js';
import { liveThrough, metadata } from '../catalog/history.js';
import { catalogPlace } from '../catalog/place.js';

const { command, workingDirectory } = metadata;

test('the command of a job that goes on is that of its snapshot; of one without, or whose snapshot is gone, nothing is known', async () => {
  await using place = await catalogPlace();
  await liveThrough(place, 'job', 'a', { snapshots: 1 });
  const [from] = await place.store.list('job');
  const environment = { store: place.store, logger: silentLogger };
  expect(await commandSince(environment, from)).toEqual({ command, workingDirectory });
  expect(await commandSince(environment, undefined)).toBeUndefined();
  await place.store.remove('job', { attempt: 'r', host: 'h', pid: 1 });
  expect(await commandSince(environment, from)).toBeUndefined();
});

test('a container whose own command is another than its job’s is told that it is not started, on one line and not at any length', () => {
  const of = (...words: [string, ...string[]]) => ({ command: words, workingDirectory: '/' });
  expect(notStarted('long-1', of('sh', '-c', 'echo ran\n'), of('sh', '/work/long.sh'))).toBe(
    String.raw`this container's own command, sh -c 'echo ran\n', is not started: job long-1 goes on with sh /work/long.sh`,
  );
  expect(notStarted('long-1', of('sh', '/work/long.sh'), of('sh', '/work/long.sh'))).toBeUndefined();
  expect(notStarted('long-1', of('a'.repeat(10_000)), of('b'.repeat(10_000)))?.length).toBeLessThan(800);
});
