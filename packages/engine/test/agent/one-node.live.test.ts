import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { missingDocker } from '@holdfast/testkit/docker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../container/machine.js';
import { AgentNode } from './agent-node.js';

const missing = missingDocker();
/** Counts in memory alone; ends with 4 when it is told to. */
const counting = 'n=0; while [ ! -e /finish ]; do n=$((n+1)); echo n=$n; usleep 50000; done; exit 4';

describe.skipIf(missing !== undefined)(`containers of one node${missing === undefined ? '' : ` (${missing})`}`, () => {
  let folder: string;
  let node: AgentNode;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-one-node-'));
    node = await AgentNode.start(join(folder, 'storage'));
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const words = ['base', 'sh', '-c', counting];
  const reached = (id: string, number: number): Promise<void> => until(async () => (await node.logs(id)).includes(`n=${number}\n`));
  const beginnings = async (id: string): Promise<number> => (await node.logs(id)).split('\n').filter((line) => line === 'n=1').length;

  test('are adopted by the next agent, stopped, resumed in new ones and in themselves, and start anew after their own end', async () => {
    const first = await node.run('job', words);
    await node.untilProtected(first);
    await reached(first, 5);
    expect(await node.client.snapshot('job')).toMatchObject({ number: 1 });
    await node.docker.docker(['pause', first]);
    await node.endAgent('SIGKILL');
    const meanwhile = node.run('meanwhile', words);
    await node.startAgent();
    await node.untilProtected(first);
    await node.untilProtected(await meanwhile);
    expect(await node.logs(await meanwhile)).not.toContain('unprotected');
    await node.docker.docker(['rm', '--force', await meanwhile]);
    expect(await node.statusOf(first)).toMatchObject({ job: 'job', epoch: 2 });
    // Who paused it undoes that: runc refuses it for one that runs.
    await node.docker.docker(['unpause', first]);
    // Whatever happens before the next snapshot, the one of the agent before is still the job's.
    await node.docker.docker(['kill', first]);

    const second = await node.run('job', ['base', 'sh', '-c', 'echo ran']);
    await until(async () => (await node.logs(second)).includes('resumed from snapshot 1'));
    expect(Number(/^n=(\d+)$/m.exec(await node.logs(second))?.[1])).toBeGreaterThan(4);
    await node.untilProtected(second);
    expect(await node.logs(second)).toContain("this container's own command, sh -c 'echo ran', is not started: job job goes on with sh -c ");
    await untilTold(node, second);
    expect(await jobIn(node)).toMatchObject({ command: words.slice(1), status: 'running' });
    // The next agent sees a container with a command that never ran.
    await node.endAgent('SIGKILL');
    await node.startAgent();
    await node.untilProtected(second);
    await untilTold(node, second);
    expect(await jobIn(node)).toMatchObject({ command: words.slice(1), status: 'running' });
    expect(await node.client.stop('job')).toEqual({ job: 'job', outcome: 'stopped', lastSnapshot: 2 });
    expect(await node.docker.docker(['wait', second])).toBe('137');

    const third = await node.run('job', words);
    await until(async () => (await node.logs(third)).includes('resumed from snapshot 2'));
    await node.docker.docker(['stop', '--time', '1', third]);
    await node.docker.docker(['cp', '/etc/hostname', `${third}:/root/mine`]);
    await node.docker.docker(['start', third]);
    await until(async () => (await node.logs(third)).split('resumed from snapshot 2').length === 3);
    // The snapshot's files are what the job goes on with; what was there is the user's.
    expect((await node.docker.tryDocker(['exec', third, 'test', '-e', '/root/mine'])).status).toBe(1);
    const before = /^holdfast: what this container's root file system had before is in (\S+) /m.exec(await node.logs(third))?.[1] ?? '';
    expect(await readdir(join(before, 'root'))).toEqual(['mine']);
    // Its own end, which no agent sees.
    await node.endAgent('SIGKILL');
    await node.docker.docker(['exec', third, 'touch', '/finish']);
    expect(await node.docker.docker(['wait', third])).toBe('4');
    expect(await beginnings(third)).toBe(0);
    await node.startAgent();

    const fourth = await node.run('job', words);
    await reached(fourth, 2);
    expect(await beginnings(fourth)).toBe(1);
    await node.untilProtected(fourth);
    await untilTold(node, fourth);
    expect((await attemptsIn(node)).slice(-2)).toMatchObject([{ outcome: 'exited', exitCode: 4 }, { outcome: 'running' }]);
    await node.docker.docker(['rm', '--force', fourth]);
  }, 600_000);

  test('end as they do where nothing was left to do by the time Docker starts them', async () => {
    const script = 'echo begun; until [ "$(hostname)" = elsewhere ]; do usleep 5000; done; echo through; exit 3';
    const first = await node.run('brief', ['base', 'sh', '-c', script]);
    await node.untilProtected(first);
    await until(async () => (await node.logs(first)).includes('begun\n'));
    expect(await node.client.stop('brief')).toMatchObject({ outcome: 'stopped', lastSnapshot: 1 });
    const second = await node.run('brief', ['--hostname', 'elsewhere', 'base', 'sh', '-c', script]);
    expect(await node.docker.docker(['wait', second])).toBe('3');
    expect(await node.logs(second)).toMatch(/^through\nholdfast: resuming job brief from snapshot 1 /);
  });

  test('run on while their storage is away, and are protected once it is back; those with snapshots do not start anew', async () => {
    const saved = await node.run('saved', words);
    await node.untilProtected(saved);
    let isOver = false;
    const taken = node.client.snapshot('saved').finally(() => (isOver = true));
    // A freeze may be too short to be seen.
    await until(async () => isOver || (await standsStill(node, saved)));
    // It waits for the end of the freeze: a dump would wait for ever for a job that is stopped under it.
    await node.docker.docker(['pause', saved]);
    expect(await node.docker.docker(['inspect', '--format', '{{.State.Status}}', saved])).toBe('paused');
    expect(await standsStill(node, saved)).toBe(true);
    await node.docker.docker(['unpause', saved]);
    expect(await taken).toMatchObject({ number: 1 });
    await node.docker.docker(['kill', saved]);
    await until(async () => (await node.statusOf(saved)) === undefined);
    await node.endAgent('SIGTERM');
    await rename(join(folder, 'storage'), join(folder, 'away'));
    await node.startAgent();
    const fresh = await node.run('fresh', words);
    await reached(fresh, 3);
    expect(await node.statusOf(fresh)).toMatchObject({ state: 'waiting' });
    expect(await node.logs(fresh)).toContain('holdfast: the storage does not answer: job fresh starts anew');
    const refused = await node.docker.tryDocker(['start', saved]);
    expect(refused.stderr).toContain('starting anew would lose what it has done');
    await rename(join(folder, 'away'), join(folder, 'storage'));
    await node.untilProtected(fresh);
    expect(await node.client.snapshot('fresh')).toMatchObject({ number: 1 });
    // What cannot be saved goes on.
    await rename(join(folder, 'storage'), join(folder, 'away'));
    await expect(node.client.stop('fresh')).rejects.toBeDefined();
    expect(await node.docker.docker(['inspect', '--format', '{{.State.Running}}', fresh])).toBe('true');
    await node.docker.docker(['rm', '--force', fresh]);
  });
});

/** By control groups of version 1 or 2. */
async function standsStill({ docker }: AgentNode, id: string): Promise<boolean> {
  const group = `${basename(docker.folder)}/${id}`;
  const files = [`freezer/${group}/freezer.state`, `${group}/cgroup.events`];
  return !/THAWED|frozen 0/.test(await Promise.any(files.map((file) => readFile(`/sys/fs/cgroup/${file}`, 'utf8'))));
}

/** What the node's catalog says, as another process sees it. */
async function jobIn(node: AgentNode) {
  await using catalog = await catalogOf(node);
  return await catalog.getJob('job');
}

/** Oldest first. */
async function attemptsIn(node: AgentNode) {
  await using catalog = await catalogOf(node);
  return (await catalog.listAttempts('job')).toSorted((one, other) => one.epoch - other.epoch);
}

/** Of the container's present attempt, whose record is the last that is told. */
async function untilTold(node: AgentNode, id: string): Promise<void> {
  await until(async () => (await attemptsIn(node)).at(-1)?.epoch === (await node.statusOf(id))?.epoch);
}

function catalogOf({ folder }: AgentNode) {
  return sqlite().open({ type: 'sqlite', path: join(folder, 'state/catalog.sqlite') });
}
