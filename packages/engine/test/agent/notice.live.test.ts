import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { missingDocker } from '@holdfast/testkit/docker';
import { type Imds, startImds } from '@holdfast/testkit/imds';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { AgentNode } from './agent-node.js';

const missing = missingDocker();

describe.skipIf(missing !== undefined)(`a notice of a Spot interruption${missing === undefined ? '' : ` (${missing})`}`, () => {
  let storage: string;
  let imds: Imds;
  beforeEach(async () => {
    storage = await mkdtemp(join(tmpdir(), 'hf-node-storage-'));
    imds = await startImds();
  });
  afterEach(async () => {
    await imds[Symbol.asyncDispose]();
    await rm(storage, { recursive: true, force: true });
  });

  /** Ends at the last number; with a gate it waits there until it may go on, however slow the machine is. */
  const counting = (to: number, gate = 0): readonly string[] => [
    'base',
    'sh',
    '-c',
    `n=0; while [ $n -lt ${to} ]; do n=$((n+1)); echo n=$n; usleep 100000; while [ $n -eq ${gate} -a ! -e /finish ]; do usleep 20000; done; done; exit 3`,
  ];

  test('freezes the container for good with its last snapshot; a new container on another node goes on from exactly there', async () => {
    await using first = await AgentNode.start(storage, { agent: { spot: { watch: 'on', endpoint: imds.endpoint, interval: '200ms' } } });
    const id = await first.run('count', counting(40, 20));
    await first.untilProtected(id);
    await until(async () => (await first.logs(id)).includes('n=5\n'));
    imds.announce('terminate');
    await until(async () => (await first.statusOf(id))?.snapshots === 1);
    const printed = await first.logs(id);
    await delay(1000);
    expect(await first.logs(id)).toBe(printed);
    expect(await first.docker.docker(['inspect', '--format', '{{.State.Status}}', id])).toBe('running');
    await expect
      .poll(async () => (await first.client.status()).counted, { timeout: 30_000 })
      .toEqual(
        expect.arrayContaining([
          { name: 'holdfast_spot_notices_total', labels: { kind: 'terminate' }, value: 1 },
          { name: 'holdfast_notice_snapshots_total', labels: { outcome: 'held' }, value: 1 },
        ]),
      );
    await first.lose();

    const last = Number(/n=(\d+)\n$/u.exec(printed)?.[1]);
    await using second = await AgentNode.start(storage);
    const next = await second.run('count', counting(40, 20));
    await until(async () => (await second.logs(next)).includes('resuming job count'));
    await second.docker.docker(['exec', next, 'touch', '/finish']);
    expect(await second.docker.docker(['wait', next])).toBe('3');
    const numbers = [...(await second.logs(next)).matchAll(/^n=(\d+)$/gmu)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 40 - last }, (_, index) => last + 1 + index));
  });

  test('holds the container again where the agent is killed and started anew; an agent that finds the time long past lets it run on', async () => {
    await using node = await AgentNode.start(storage, { agent: { spot: { watch: 'on', endpoint: imds.endpoint, interval: '200ms' } } });
    const id = await node.run('count', counting(1000));
    await node.untilProtected(id);
    imds.announce('terminate');
    await until(async () => (await node.statusOf(id))?.snapshots === 1);
    await node.endAgent('SIGKILL');
    await node.startAgent();
    await until(async () => (await node.statusOf(id))?.snapshots === 1);
    const printed = await node.logs(id);
    await delay(1000);
    expect(await node.logs(id)).toBe(printed);
    imds.announce('terminate', new Date(Date.now() - 600_000));
    await until(async () => (await node.logs(id)) !== printed);
    await node.docker.docker(['kill', id]);
  });
});
