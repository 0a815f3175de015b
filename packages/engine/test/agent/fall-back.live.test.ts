import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingDocker } from '@holdfast/testkit/docker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { AgentNode } from './agent-node.js';

const missing = missingDocker();
const counting = 'n=0; echo here > /root/made; while [ ! -e /finish ]; do n=$((n+1)); echo n=$n; usleep 50000; done; ls /root; exit 4';

describe.skipIf(missing !== undefined)(`a container whose snapshot cannot be resumed${missing === undefined ? '' : ` (${missing})`}`, () => {
  let folder: string;
  let node: AgentNode;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-fall-back-'));
    node = await AgentNode.start(join(folder, 'storage'), { job: { onRestoreFailure: 'fresh' } });
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A job that was stopped with a last snapshot. */
  async function stopped(job: string, words: readonly string[]): Promise<void> {
    const id = await node.run(job, words);
    await node.untilProtected(id);
    await until(async () => (await node.logs(id)).includes('n=3\n'));
    expect(await node.client.stop(job)).toMatchObject({ outcome: 'stopped', lastSnapshot: 1 });
    await node.docker.docker(['wait', id]);
    await until(async () => (await node.statusOf(id)) === undefined);
  }

  test('starts anew where the policy says so, is told why, and is protected from its start', async () => {
    const words = ['base', 'sh', '-c', counting];
    await stopped('damaged', words);
    await damage(join(folder, 'storage/jobs/damaged'));
    const id = await node.run('damaged', words);
    await node.untilProtected(id);
    await until(async () => (await node.logs(id)).includes('n=3\n'));
    const logs = await node.logs(id);
    expect(logs).toMatch(/snapshot 1 could not be resumed: .* is damaged: .*\nholdfast: job damaged starts anew\n/);
    expect(logs.startsWith('n=1\n')).toBe(true);
    expect(await node.client.snapshot('damaged')).toMatchObject({ number: 2 });
    await node.docker.docker(['rm', '--force', id]);
  });

  test('starts on the files of its image, though those of the snapshot were put back by then', async () => {
    const script = `echo "root: $(ls /root /dev/shm | tr '\\n' ' ')"; echo here > /dev/shm/made; ${counting}`;
    const words = ['-e', 'MMC_CHECKPOINT_DIAGNOSIS=true', '--ipc', 'shareable', 'base', 'sh', '-c', script];
    await stopped('broken', words);
    const settings = join(node.folder, 'holdfast-runc.conf');
    const text = await readFile(settings, 'utf8');
    await writeFile(settings, text.replace(/^criu=.*$/m, 'criu=/bin/false'));
    const id = await node.run('broken', words);
    await node.untilProtected(id);
    await until(async () => (await node.logs(id)).includes('n=3\n'));
    const logs = await node.logs(id);
    expect(logs).toMatch(/snapshot 1 could not be resumed: .*\nholdfast: job broken starts anew\n/);
    expect(logs.startsWith('root: /dev/shm:  /root: \nn=1\n')).toBe(true);
    const kept = await readdir(join(node.folder, 'state/agent/diagnosis/broken'));
    expect(kept.map((name) => name.split('-').at(-1))).toEqual(['dump', 'restore', 'restore']);
    await writeFile(settings, text);
    expect(await node.client.stop('broken')).toMatchObject({ lastSnapshot: 2 });
    const next = await node.run('broken', words);
    await until(async () => (await node.logs(next)).includes('resumed from snapshot 2'));
    await node.docker.docker(['exec', next, 'touch', '/finish']);
    expect(await node.docker.docker(['wait', next])).toBe('4');
    expect(await node.logs(next)).toContain('\nmade\n');
  });

  test('of which an agent has put back a part when it died is not started without one, and is cleaned by the next', async () => {
    const asks = ['--network', 'none', '-e', 'MMC_CHECKPOINT_MODE=true', '-e', 'HOLDFAST_JOB=half'];
    const id = await node.docker.docker(['create', '--runtime', 'holdfast', ...asks, 'base', 'sh', '-c', 'echo "root: $(ls /root)"; sleep 1000']);
    const upper = await node.docker.docker(['inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', id]);
    // What `docker cp` had brought, and what came of the snapshot before the agent died.
    await mkdir(join(upper, '../holdfast-aside/root'), { recursive: true });
    await writeFile(join(upper, '../holdfast-aside/root/mine'), '');
    await mkdir(join(upper, 'root'), { recursive: true });
    await writeFile(join(upper, 'root/half'), '');
    await writeFile(join(upper, '../holdfast-unclean'), '');
    await node.endAgent('SIGTERM');
    const refused = await node.docker.tryDocker(['start', id]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("this container's root file system is not whole");
    await node.startAgent('second');
    await node.docker.docker(['start', id]);
    await node.untilProtected(id);
    await until(async () => (await node.logs(id)).includes('root: mine\n'));
    expect((await readdir(join(upper, '..'))).filter((name) => name.startsWith('holdfast-'))).toEqual([]);
    await node.docker.docker(['rm', '--force', id]);
  });
});

/** Flips a byte in the middle of each pack. */
async function damage(job: string): Promise<void> {
  const packs = (await readdir(job, { recursive: true })).filter((name) => name.endsWith('.pack'));
  expect(packs.length).toBeGreaterThan(0);
  for (const name of packs) {
    const bytes = await readFile(join(job, name));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    await writeFile(join(job, name), bytes);
  }
}
