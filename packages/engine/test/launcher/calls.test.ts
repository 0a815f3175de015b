import { existsSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** By the launcher on the disk, for an agent that is not there to hear. */
async function signalsNoted(site: LauncherSite): Promise<readonly number[]> {
  const text = await site.read('state/killed/c1');
  return text.split('\n').flatMap((line) => /^(\d+) \d+$/.exec(line)?.slice(1, 2).map(Number) ?? []);
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
    // The launcher waits for an answer, but not for long.
    await expect.poll(() => agent.heard, { timeout: 20_000 }).toEqual([{ v: 1, call: 'kill', id: 'c1', signal }]);
    expect(await signalsNoted(site)).toEqual([signal]);
    expect(await site.read('calls')).toBe(`${words.join(' ')}\n`);
  });

  it('its end is told, and it is known no more', async () => {
    await using site = await protectedSite();
    await using agent = await ScriptedAgent.at(site.socket, { do: 'done' });
    await site.run(['kill', 'c1', '9']);
    await site.run(['delete', '--force', 'c1']);
    await site.run(['delete', '--force', 'c1']);
    expect(agent.heard).toEqual([
      { v: 1, call: 'kill', id: 'c1', signal: 9 },
      { v: 1, call: 'deleted', id: 'c1' },
    ]);
    expect(await site.calls()).toHaveLength(3);
    expect(existsSync(`${site.state}/protected/c1`)).toBe(false);
    expect(existsSync(`${site.state}/killed/c1`)).toBe(false);
  });

  it('its signals stay noted after its end where no agent heard of that', async () => {
    await using site = await protectedSite();
    await site.run(['kill', 'c1', '15']);
    await site.run(['delete', 'c1']);
    expect(existsSync(`${site.state}/protected/c1`)).toBe(false);
    expect(await signalsNoted(site)).toEqual([15]);
  });

  it('its signals are noted in their order, with their times, also where no agent hears of them, and no more than is of use', async () => {
    await using site = await protectedSite();
    const before = Date.now();
    for (const signal of ['USR1', '37', 'of no name']) await site.run(['kill', 'c1', signal]);
    expect(await signalsNoted(site)).toEqual([10, 37, 0]);
    const lines = (await site.read('state/killed/c1')).trimEnd().split('\n');
    for (const line of lines) expect(Number(line.split(' ')[1])).toSatisfy((time: number) => time >= before && time <= Date.now());
    await site.write('state/killed/c1', '10 1\n'.repeat(1 << 14));
    await site.run(['kill', 'c1']);
    expect(await signalsNoted(site)).toEqual([15]);
    // A container of the same id is another one, or has been started once more.
    await site.create();
    await site.run(['start', 'c1']);
    expect(await signalsNoted(site)).toEqual([]);
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

describe('start of a restored container', () => {
  it.each([
    ['freezer', 'freezer.state', 'THAWED'],
    ['', 'cgroup.freeze', '0'],
  ])('has it run: group "%s"', async (group, file, going) => {
    await using site = await LauncherSite.create('true');
    await using _agent = await ScriptedAgent.at(site.socket);
    await mkdir(site.path('state/restored'), { recursive: true });
    await mkdir(site.path('root/c1'), { recursive: true });
    await site.write('state/restored/c1', '');
    await site.write(file, 'still');
    await site.write('root/c1/state.json', JSON.stringify({ id: 'c1', cgroup_paths: { [group]: site.folder } }));
    expect((await site.run(['--root', 'root', 'start', 'c1'])).status).toBe(0);
    expect((await site.read(file)).slice(0, going.length)).toBe(going);
    expect(await site.calls()).toEqual([]);
  });
});

describe('exec in a protected container', () => {
  const words = ['--root', 'root', 'exec', '--process', '/p', '--detach', '--pid-file', '/pid', 'c1'];
  const frozen = async (site: LauncherSite, group: string, file: string, text: string): Promise<void> => {
    await mkdir(site.path('root/c1'), { recursive: true });
    await site.write(file, text);
    await site.write('root/c1/state.json', JSON.stringify({ id: 'c1', cgroup_paths: { devices: '/nowhere', [group]: site.folder } }));
  };

  it.each([
    ['freezer', 'freezer.state', 'FROZEN\n', 'THAWED\n'],
    ['', 'cgroup.events', 'populated 1\nfrozen 1\n', 'populated 1\nfrozen 0\n'],
  ])('waits until it does not stand still: group "%s"', async (group, file, still, going) => {
    await using site = await protectedSite();
    await frozen(site, group, file, still);
    const executed = site.run(words);
    await Promise.race([executed, sleep(300)]);
    expect(await site.calls()).toEqual([]);
    await site.write(file, going);
    await executed;
    expect(await site.calls()).toEqual([words.join(' ')]);
  });

  it('does not wait where nobody takes snapshots of it, nor for a container that is gone', async () => {
    await using site = await LauncherSite.create();
    await frozen(site, 'freezer', 'freezer.state', 'FROZEN\n');
    await site.run(words);
    await using other = await protectedSite();
    await other.run(words);
    expect([await site.calls(), await other.calls()]).toEqual([[words.join(' ')], [words.join(' ')]]);
  });
});

describe('pause of a protected container', () => {
  it('waits for the agent, whose connection stays open until runc has done it', async () => {
    await using site = await protectedSite();
    await using agent = await ScriptedAgent.at(site.socket, 3, 'hear');
    await site.write('status', '3');
    expect((await site.run(['pause', 'c1'])).status).toBe(3);
    expect(agent.heard).toEqual([{ v: 1, call: 'pause', id: 'c1' }]);
    expect(await site.calls()).toEqual(['pause c1']);
  });

  it('is done without an agent, and for a container that is not protected', async () => {
    await using site = await protectedSite();
    await using other = await LauncherSite.create();
    await using agent = await ScriptedAgent.at(other.socket, { ok: null });
    for (const each of [site, other]) expect((await each.run(['pause', 'c1'])).status).toBe(0);
    expect([await site.calls(), await other.calls(), agent.heard]).toEqual([['pause c1'], ['pause c1'], []]);
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
