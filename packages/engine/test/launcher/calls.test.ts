import { existsSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent } from './scripted-agent.js';

/** A container that was created under the agent. */
async function protectedSite(): Promise<LauncherSite> {
  const site = await LauncherSite.create('true');
  await using _agent = await ScriptedAgent.at(site.socket, { do: 'create' });
  await site.create();
  await rm(site.path('calls'));
  await rm(site.socket, { force: true });
  return site;
}

describe('later calls of a protected container', () => {
  it('its start is told when runc has done it', async () => {
    await using site = await protectedSite();
    await using agent = await ScriptedAgent.at(site.socket, { do: 'done' });
    expect((await site.run(['--root', '/r', 'start', 'c1'])).status).toBe(0);
    expect(agent.heard).toEqual([{ v: 1, call: 'started', id: 'c1' }]);
    expect(await site.calls()).toEqual(['--root /r start c1']);
  });

  it('a start that fails is not told, and has its status', async () => {
    await using site = await protectedSite();
    await site.write('status', '3');
    await using agent = await ScriptedAgent.at(site.socket, { do: 'done' });
    expect((await site.run(['start', 'c1'])).status).toBe(3);
    expect(agent.heard).toEqual([]);
  });

  it.each([
    [['kill', 'c1'], 15],
    [['kill', 'c1', '9'], 9],
    [['kill', '--all', 'c1', 'SIGINT'], 2],
    [['kill', '-a', 'c1', 'usr1'], 10],
  ])('its signals are told before runc sends them: %s', async (words, signal) => {
    await using site = await protectedSite();
    await using agent = await ScriptedAgent.at(site.socket, { do: 'done' });
    await site.run(words);
    expect(agent.heard).toEqual([{ v: 1, call: 'kill', id: 'c1', signal }]);
    expect(await site.read('calls')).toBe(`${words.join(' ')}\n`);
  });

  it('its end is told, and it is known no more', async () => {
    await using site = await protectedSite();
    await using agent = await ScriptedAgent.at(site.socket, { do: 'done' });
    await site.run(['delete', '--force', 'c1']);
    await site.run(['delete', '--force', 'c1']);
    expect(agent.heard).toEqual([{ v: 1, call: 'deleted', id: 'c1' }]);
    expect(await site.calls()).toHaveLength(2);
    expect(existsSync(`${site.state}/protected/c1`)).toBe(false);
  });

  it.each([['start'], ['kill'], ['delete']])('%s is done though the agent hangs or is gone', async (word) => {
    await using site = await protectedSite();
    expect((await site.run([word, 'c1'])).status).toBe(0);
    await using again = await protectedSite();
    await using _hanging = await ScriptedAgent.at(again.socket);
    expect((await again.run([word, 'c1'])).status).toBe(0);
    expect([await site.calls(), await again.calls()]).toEqual([[`${word} c1`], [`${word} c1`]]);
  });
});

describe("the launcher's settings", () => {
  it('are not taken from a file that others may write', async () => {
    await using site = await LauncherSite.create();
    await chmod(`${site.launcher}.conf`, 0o666);
    await site.run(['--version']);
    expect(await site.calls()).toEqual([]);
  });

  it('never make it call itself, and name the remedy where no runc is there', async () => {
    await using site = await LauncherSite.create();
    await site.settings({ runc: site.launcher });
    const { status, stderr } = await site.create('c1');
    expect(await site.calls()).toEqual([]);
    expect(status).not.toBe(0);
    // A machine with a runc of its own in a system's folder is served by that one, which knows no such bundle.
    if (status === 127) expect(stderr).toContain('install runc, or name it as runc=');
  });
});
