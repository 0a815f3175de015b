import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingDocker } from '@holdfast/testkit/docker';
import { DockerSite } from './docker-site.js';
import { ScriptedAgent, type Step } from './scripted-agent.js';

const missing = missingDocker();
/** A busy machine takes seconds for what takes milliseconds. */
const soon = { timeout: 60_000, interval: 50 };
const on = ['-e', 'MMC_CHECKPOINT_MODE=true'] as const;
/** Its number is in memory alone. */
const counter = 'trap "echo bye; exit 5" TERM; n=0; while :; do n=$((n+1)); echo "n=$n"; usleep 20000; done';
/** Says what it reads, and how many lines that were. */
const echo = 'n=0; while read -r line; do n=$((n+1)); echo "$n: $line"; done; exit $n';

/** Without the agent and the storage: the images are those of a plain dump. */
describe.skipIf(missing !== undefined)(`a restore under Docker${missing === undefined ? '' : ` (${missing})`}`, () => {
  let site: DockerSite;
  beforeAll(async () => void (site = await DockerSite.start()));
  afterAll(async () => site[Symbol.asyncDispose]());

  const restore = (images: string): Step => ({ do: 'restore', images, work: `${images}-work`, deadlineMs: 60_000 });
  const dumped = async (name: string, words: readonly string[], ready: string): Promise<string> => {
    const id = await site.start(words);
    await expect.poll(async () => await site.logs(id), soon).toContain(ready);
    const images = await site.dump(id, name);
    await site.node.docker(['rm', '--force', id]);
    return images;
  };

  it('goes on in a new container, with its logs, exec, stop, status and start once more', async () => {
    const images = await dumped('counter', ['base', 'sh', '-c', counter], 'n=5\n');
    await using _agent = await ScriptedAgent.at(site.socket, { touched: true }, restore(images), 'hear', { do: 'done' });
    const id = await site.start([...on, '--memory', '64m', 'base', 'sh', '-c', counter]);
    await expect.poll(async () => (await site.logs(id)).split('\n').length, soon).toBeGreaterThan(5);
    expect(await site.logs(id)).not.toContain('n=1\n');
    expect(await site.node.docker(['exec', id, 'sh', '-c', 'cat /etc/hostname; hostname'])).toBe(`${id.slice(0, 12)}\n${id.slice(0, 12)}`);
    // In force on the host, and what the container sees of itself.
    expect(await memoryLimitBytes((path) => readFile(`/sys/fs/cgroup/${path}`, 'utf8'), `${basename(site.node.folder)}/${id}`)).toBe(64 << 20);
    expect(await memoryLimitBytes((path) => site.node.docker(['exec', id, 'cat', `/sys/fs/cgroup/${path}`]), '.')).toBe(64 << 20);
    await site.node.docker(['stop', id]);
    expect(await site.inspect(id, '{{.State.ExitCode}}')).toBe('5');
    const before = await site.logs(id);
    expect(before.endsWith('bye\n')).toBe(true);
    await site.node.docker(['start', id]);
    await expect.poll(async () => (await site.logs(id)).length, soon).toBeGreaterThan(before.length);
    expect(await site.logs(id)).not.toContain('n=1\n');
    await site.node.docker(['kill', id]);
    expect(await site.node.docker(['wait', id])).toBe('137');
    await site.node.docker(['rm', id]);
  });

  it('starts though the job has filled its pipe before Docker reads it', async () => {
    // Lines that fill a page each: no room is left for another word, long before the agent has spoken.
    const talker = 'x=$(printf %4095s x); while :; do echo "$x" >&2; done';
    const images = await dumped('talker', ['base', 'sh', '-c', talker], 'x\n');
    await using _agent = await ScriptedAgent.at(site.socket, { touched: true }, restore(images), 'hear', 20, { say: 'resumed' }, { do: 'done' });
    const id = await site.start([...on, 'base', 'sh', '-c', talker]);
    expect(await site.inspect(id, '{{.State.Running}}')).toBe('true');
    await site.node.docker(['rm', '--force', id]);
  });

  it('has the network of the new container, by a bridge', async () => {
    await using bridged = await DockerSite.start({ network: 'own' });
    const words = ['base', 'sh', '-c', 'echo ready; while :; do usleep 20000; done'];
    const first = await bridged.node.docker(['run', '-d', '--runtime', 'holdfast', ...words]);
    await expect.poll(async () => await bridged.logs(first), soon).toBe('ready\n');
    const images = await bridged.dump(first, 'images');
    await using _agent = await ScriptedAgent.at(bridged.socket, restore(images), 'hear', { do: 'done' });
    const id = await bridged.node.docker(['run', '-d', '--runtime', 'holdfast', ...on, ...words]);
    const address = await bridged.inspect(id, '{{.NetworkSettings.IPAddress}}');
    expect(address).not.toBe(await bridged.inspect(first, '{{.NetworkSettings.IPAddress}}'));
    expect(
      await bridged.node.docker(['exec', id, 'sh', '-c', 'ip addr show eth0; ping -c 1 -W 5 $(ip route | grep default | cut -d " " -f 3)']),
    ).toContain(`inet ${address}/`);
  });

  it('has the new terminal', async () => {
    const images = await dumped('terminal', ['-t', 'base', 'sh', '-c', counter], 'n=5\r\n');
    await using _agent = await ScriptedAgent.at(site.socket, restore(images), 'hear', { do: 'done' });
    const id = await site.start(['-t', ...on, 'base', 'sh', '-c', counter]);
    await expect.poll(async () => (await site.logs(id)).split('\r\n').length, soon).toBeGreaterThan(5);
    expect(await site.logs(id)).not.toContain('n=1\r\n');
    await site.node.docker(['stop', id]);
    expect(await site.node.docker(['wait', id])).toBe('5');
  });

  it('reads the new input to its end', async () => {
    const words = ['base', 'sh', '-c', `echo ready; ${echo}`];
    const images = await dumped('reader', ['-i', ...words], 'ready\n');
    await using _agent = await ScriptedAgent.at(site.socket, restore(images), 'hear', { do: 'done' });
    expect(await site.run(['--rm', '-i', ...on, ...words], 'a\nb\n')).toEqual({ status: 2, stdout: '1: a\n2: b\n', stderr: '' });
  });

  it('says nothing of runc and CRIU where images are not whole, and starts anew', async () => {
    const images = join(site.folder, 'empty');
    await mkdir(images);
    await using agent = await ScriptedAgent.at(site.socket, restore(images), 'hear', { say: 'starts anew' }, { do: 'create' });
    const { status, stdout, stderr } = await site.run(['--rm', ...on, 'base', 'sh', '-c', 'echo out; exit 3']);
    expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: 'out\n', stderr: 'holdfast: starts anew\n' });
    expect(agent.heard[1]).toMatchObject({ call: 'restored', timedOut: false });
    expect(await readFile(`${images}-work/runc.out`, 'utf8')).toContain('descriptors.json');
  });
});

/** Of a control group, version 1 or 2. */
async function memoryLimitBytes(read: (path: string) => Promise<string>, group: string): Promise<number> {
  return Number(await Promise.any([read(`memory/${group}/memory.limit_in_bytes`), read(`${group}/memory.max`)]));
}
