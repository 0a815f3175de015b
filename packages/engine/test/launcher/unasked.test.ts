import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent } from './scripted-agent.js';

/** Says "restore", so that one who asked would be seen. */
async function tempting(site: LauncherSite): Promise<ScriptedAgent> {
  return await ScriptedAgent.at(site.socket, { do: 'fail', message: 'the agent was asked' });
}

describe('a container that did not ask', () => {
  it.each([undefined, '', 'false', 'none'])('is runc alone: MMC_CHECKPOINT_MODE %s', async (mode) => {
    await using site = await LauncherSite.create(mode);
    await using agent = await tempting(site);
    expect(await site.create()).toEqual({ status: 0, stdout: 'the container speaks\n', stderr: '' });
    expect(await site.calls()).toEqual(['--root ./root --log ./log.json --log-format json create --bundle ./bundle --pid-file ./pid c1']);
    expect(agent.heard).toEqual([]);
    expect(existsSync(site.state)).toBe(false);
  });

  it.each<readonly [string, unknown]>([
    ['its arguments', { args: ['env', 'MMC_CHECKPOINT_MODE=true'], env: ['A=1'] }],
    ['another variable', { env: ['A="MMC_CHECKPOINT_MODE=true'] }],
    ['an environment elsewhere', { other: { env: ['MMC_CHECKPOINT_MODE=true'] }, env: [] }],
    ['a variable that a later one goes over', { env: ['MMC_CHECKPOINT_MODE=true', 'MMC_CHECKPOINT_MODE=false'] }],
  ])('does not ask by %s', async (_, process) => {
    await using site = await LauncherSite.create();
    await using agent = await tempting(site);
    await site.config(process);
    expect((await site.create()).stdout).toBe('the container speaks\n');
    expect(agent.heard).toEqual([]);
  });

  it.each([
    [['state', 'c1']],
    [['--debug', 'exec', '--process', '/x', 'c1']],
    [['kill', 'c1', '9']],
    [['kill', '--all', 'c1']],
    [['start', 'c1']],
    [['delete', '--force', 'c1']],
    [['update', '--resources', '-', 'c1']],
    [['--unknown', 'create', '--bundle', 'bundle', 'c1']],
    [['create', '--unknown', '--bundle', 'bundle', 'c1']],
    [['create', '--bundle', 'bundle', '../c1']],
    [['create', '--bundle', 'bundle']],
    [[]],
  ])('every other call goes to runc as it is: %s', async (words) => {
    await using site = await LauncherSite.create('true');
    await using agent = await tempting(site);
    await site.run(words);
    expect(await site.read('calls')).toBe(`${words.join(' ')}\n`);
    expect(agent.heard).toEqual([]);
  });

  it("gives runc's own exit status", async () => {
    await using site = await LauncherSite.create();
    await site.write('status', '42');
    expect((await site.create()).status).toBe(42);
  });
});
