import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingDocker } from '@holdfast/testkit/docker';
import { DockerSite } from './docker-site.js';
import { ScriptedAgent, type Step } from './scripted-agent.js';

const missing = missingDocker();
/** A busy machine takes seconds for what takes milliseconds. */
const soon = { timeout: 60_000, interval: 50 };
const on = ['-e', 'MMC_CHECKPOINT_MODE=true'] as const;

describe.skipIf(missing !== undefined)(`the launcher under Docker${missing === undefined ? '' : ` (${missing})`}`, () => {
  let site: DockerSite;
  beforeAll(async () => void (site = await DockerSite.start()));
  afterAll(async () => site[Symbol.asyncDispose]());

  describe.each<readonly [string, readonly string[], boolean, readonly Step[] | undefined]>([
    ['that did not ask', [], false, undefined],
    ['whose agent is stopped', on, true, undefined],
    ['whose agent talks nonsense', on, true, ['nonsense\n']],
    ['whose agent says create', on, false, [{ do: 'create' }]],
  ])('a container %s', (_, options, warns, steps) => {
    let agent: ScriptedAgent | undefined;
    beforeAll(async () => void (agent = steps === undefined ? undefined : await ScriptedAgent.at(site.socket, ...steps)));
    afterAll(async () => agent?.[Symbol.asyncDispose]());

    it('has its output, its input and its status', async () => {
      const { status, stdout, stderr } = await site.run(
        ['--rm', '-i', ...options, 'base', 'sh', '-c', 'read a; echo "$a out"; echo err >&2; exit 42'],
        'in\n',
      );
      expect([status, stdout]).toEqual([42, 'in out\n']);
      expect(stderr.split('\n').filter((line) => !line.startsWith('holdfast: '))).toEqual(['err', '']);
      expect(stderr.includes('holdfast: this container runs unprotected')).toBe(warns);
    });

    it('has a terminal, exec, stop with its grace, and restart', async () => {
      const id = await site.start(['-t', ...options, 'base', 'sh', '-c', 'trap "echo bye; exit 5" TERM; echo ready; while :; do usleep 20000; done']);
      await expect.poll(async () => await site.logs(id), soon).toContain('ready\r\n');
      expect(await site.node.tryDocker(['exec', '-i', id, 'sh', '-c', 'cat; exit 3'], { input: 'hello' })).toMatchObject({
        status: 3,
        stdout: 'hello',
      });
      await site.node.docker(['stop', '--time', '20', id]);
      expect(await site.logs(id)).toContain('bye\r\n');
      expect(await site.node.docker(['wait', id])).toBe('5');
      await site.node.docker(['start', id]);
      expect(await site.inspect(id, '{{.State.Running}}')).toBe('true');
      await site.node.docker(['kill', id]);
      expect(await site.node.docker(['wait', id])).toBe('137');
      await site.node.docker(['rm', id]);
    });
  });

  it('tells the agent of each call of a protected container', async () => {
    await using agent = await ScriptedAgent.at(site.socket, { do: 'create' });
    const id = await site.start([...on, 'base', 'sh', '-c', 'trap "exit 0" TERM; echo ready; while :; do usleep 20000; done']);
    // Before that the signal would be lost on it, and another one sent.
    await expect.poll(async () => await site.logs(id), soon).toBe('ready\n');
    await site.node.docker(['stop', id]);
    await site.node.docker(['rm', id]);
    const seen = agent.heard as readonly { readonly call: string; readonly id: string; readonly root?: string }[];
    await expect.poll(() => seen.map(({ call }) => call)).toEqual(['create', 'started', 'kill', 'deleted']);
    expect(new Set(seen.map((each) => each.id))).toEqual(new Set([id]));
    expect(seen[0]?.root).toBe(site.node.runtimeRoot);
  });

  it('lets exec wait for a container that stands still for a snapshot', async () => {
    await using _agent = await ScriptedAgent.at(site.socket, { do: 'create' });
    const id = await site.start([...on, 'base', 'sleep', '1000']);
    const runc = (word: string) => site.runc([word, id]);
    await runc('pause');
    const executed = site.node.docker(['exec', id, 'echo', 'went on']);
    // Until it is there: then it waits, or has failed.
    await expect.poll(() => processesWith(['holdfast-runc', 'exec', id]), soon).toBeGreaterThan(0);
    await runc('resume');
    expect(await executed).toBe('went on');
    await site.node.docker(['rm', '--force', id]);
  });

  it('shows why an agent refused', async () => {
    await using _agent = await ScriptedAgent.at(site.socket, { do: 'fail', message: 'the snapshot is of another kind of CPU' });
    const { status, stderr } = await site.run(['--rm', ...on, 'base', 'true']);
    expect(status).toBe(125);
    expect(stderr).toContain('the snapshot is of another kind of CPU');
  });
});

function processesWith(words: readonly string[]): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => words.every((word) => commandLine(pid).includes(word))).length;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
