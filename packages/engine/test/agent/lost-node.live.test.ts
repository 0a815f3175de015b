import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingDocker } from '@holdfast/testkit/docker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { AgentNode } from './agent-node.js';

const missing = missingDocker();

/** Counts in memory, in a file of its own root and in one of a volume; deletes a file of the image; once it may end, tells what the files have become. */
const counting = (to: number): string =>
  `rm /etc/group; n=0; while [ $n -lt ${to} ]; do n=$((n+1)); echo $n >> /root/count; echo $n >> /data/count; echo n=$n; usleep 100000; done; while [ ! -e /data/finish ]; do usleep 20000; done; sha256sum < /root/count; sha256sum < /data/count; ls /etc; echo asks $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; exit 3`;

const ending = (to: number): string => {
  const text = Array.from({ length: to }, (_, index) => `${index + 1}\n`).join('');
  return `${createHash('sha256').update(text).digest('hex')}  -\n`;
};

describe.skipIf(missing !== undefined)(`a container whose node is lost${missing === undefined ? '' : ` (${missing})`}`, () => {
  let storage: string;
  beforeAll(async () => {
    storage = await mkdtemp(join(tmpdir(), 'hf-node-storage-'));
  });
  afterAll(async () => rm(storage, { recursive: true, force: true }));

  test('goes on in a new container on another node, and ends as if nothing had happened', async () => {
    // Docker binds its init by a link, as Debian has it.
    const asking = (last: string): readonly string[] => [
      '-e',
      `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/00000000-0000-4000-8000-00000000000${last}`,
    ];
    const words = ['--init', '-v', 'data:/data', 'base', 'sh', '-c', counting(60)];
    // Where no copy of a container's processes can be made, its snapshots fail.
    await using first = await AgentNode.start(storage, { job: { memory: 'twin' } });
    const id = await first.run('count', [...asking('1'), ...words]);
    await first.untilProtected(id);
    await until(async () => (await first.logs(id)).includes('n=10\n'));
    expect(await first.client.snapshot('count')).toMatchObject({ number: 1 });
    await until(async () => (await first.logs(id)).includes('n=20\n'));
    expect(await first.client.snapshot('count')).toMatchObject({ number: 2 });
    await first.lose();

    await using second = await AgentNode.start(storage);
    const next = await second.run('count', [...asking('2'), ...words]);
    await until(async () => (await second.logs(next)).includes('resuming job count'));
    await second.docker.docker(['exec', next, 'touch', '/data/finish']);
    expect(await second.docker.docker(['wait', next])).toBe('3');
    const logs = await second.logs(next);
    expect(logs).toContain('holdfast: resuming job count from snapshot 2');
    // An image of the same files, which each node made by itself.
    expect(logs).not.toContain('is not known');
    expect(logs).not.toContain('n=19\n');
    expect(logs).toContain(ending(60).repeat(2));
    expect(logs).not.toContain('group\n');
    // ECS answers to the new container's path alone.
    expect(logs).toContain('asks /v2/credentials/00000000-0000-4000-8000-000000000002\n');
  });
});
