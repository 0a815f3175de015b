import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent } from './scripted-agent.js';

describe('create of a container that asks', () => {
  it('tells the agent what it creates, and says what the agent says', async () => {
    await using site = await LauncherSite.create('true');
    await using agent = await ScriptedAgent.at(site.socket, { say: 'first \u001b[31m"line"\nsecond é' }, { wait: true }, { new: 1, do: 'create' });
    const { stdout, stderr } = await site.create();
    expect(agent.heard).toEqual([
      { v: 1, call: 'create', id: 'c1', bundle: site.bundle, root: site.path('root'), pidFile: site.path('pid'), log: site.path('log.json') },
    ]);
    expect(stderr).toBe('holdfast: first ?[31m"line"\nholdfast: second é\n');
    expect(stdout).toBe('the container speaks\n');
    expect(await site.calls()).toHaveLength(1);
  });

  it.each([
    [['create', '--bundle=bundle', '--console-socket=/s', 'c1']],
    [['create', '-b', 'bundle', '-console-socket', '/s', 'c1']],
    [['create', 'c1', '--bundle', 'bundle', '--console-socket', '/s', '--no-new-keyring']],
    [['--systemd-cgroup', '--debug=true', 'create', '--no-pivot', '--preserve-fds', '0', '--bundle', 'bundle', '--console-socket', '/s', '--', 'c1']],
  ])('understands runc: %s', async (words) => {
    await using site = await LauncherSite.create('iterative');
    await using agent = await ScriptedAgent.at(site.socket, { do: 'create' });
    await site.run(words);
    expect(agent.heard).toEqual([{ v: 1, call: 'create', id: 'c1', bundle: site.bundle, root: '/run/runc', consoleSocket: true }]);
    expect(await site.read('calls')).toBe(`${words.join(' ')}\n`);
  });

  it('restores as the agent says, with the words of create, and its start lets it run, or tells why it cannot', async () => {
    await using site = await LauncherSite.create('true');
    const restore = { do: 'restore', images: '/images', work: site.work, deadlineMs: 60_000 };
    await using agent = await ScriptedAgent.at(site.socket, { touched: true }, restore, 'hear', { say: 'resumed' }, { do: 'done' });
    const { status, stdout, stderr } = await site.run(
      [
        '--root',
        '/r',
        '--log',
        site.path('log.json'),
        '--systemd-cgroup',
        'create',
        '--no-pivot',
        '--console-socket',
        '/s',
        '--pid-file',
        '/p',
        '-b',
        site.bundle,
        'c1',
      ],
      'input\n',
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'restored: input\n',
      stderr: 'restored, on standard error\nholdfast: resumed\n',
    });
    expect(agent.heard[1]).toEqual({ call: 'restored', status: 0, timedOut: false, logOverflow: false });
    const words = '--bundle ./bundle --pid-file /p --console-socket /s --no-pivot --image-path /images --work-path';
    expect(await site.calls()).toEqual([
      `--root /r --systemd-cgroup --log ./work/runc.log --log-format json restore --detach ${words} ${site.work.replace(`${site.folder}/`, './')} c1`,
    ]);
    expect(await site.read('work/runc.out')).toBe('runc: criu failed: type NOTIFY errno 0\n');
    // It stands still until then. What cannot be let run has not been started.
    const root = site.path('root');
    const start = ['--root', root, '--log', site.path('log.json'), '--log-format', 'json', 'start', 'c1'];
    const refused = async (cause: string): Promise<void> => {
      const { status, stderr } = await site.run(start);
      expect([status, stderr]).toEqual([1, `holdfast: the restored container c1 cannot be let run: ${cause}\n`]);
      const last = (await site.read('log.json')).trim().split('\n').at(-1) ?? '';
      expect(JSON.parse(last)).toMatchObject({ level: 'error', msg: expect.stringContaining(cause) as string });
    };
    await refused(`runc's note of it names no freezer, ${root}/c1/state.json: No such file or directory`);
    await mkdir(join(root, 'c1'), { recursive: true });
    await writeFile(join(root, 'c1', 'state.json'), JSON.stringify({ cgroup_paths: { freezer: site.path('group') } }));
    await refused(`it stands still, and its freezer takes no word, ${site.path('group')}: No such file or directory`);
    await mkdir(site.path('group'));
    await writeFile(site.path('group/freezer.state'), '');
    expect(await site.run(start)).toMatchObject({ status: 0, stderr: '' });
    expect(await site.read('group/freezer.state')).toBe('THAWED');
    expect(await site.calls()).toHaveLength(1);
  });

  it('goes back to the one before, and starts anew, when restores fail', async () => {
    await using site = await LauncherSite.create('true');
    await site.write('restore-status', '7');
    const restore = (images: string) => ({ do: 'restore', images, work: site.work, deadlineMs: 60_000 });
    await using agent = await ScriptedAgent.at(site.socket, { touched: true }, restore('/new'), 'hear', restore('/old'), 'hear', { do: 'create' });
    expect((await site.create()).status).toBe(0);
    const failed = { call: 'restored', status: 7, timedOut: false, logOverflow: false };
    expect(agent.heard.slice(1)).toEqual([failed, failed]);
    const verbs = (await site.calls()).map((call) => / (restore|create|delete --force) /.exec(call)?.[1]);
    expect(verbs).toEqual(['restore', 'delete --force', 'restore', 'delete --force', 'create']);
    await site.run(['start', 'c1']);
    expect((await site.calls()).at(-1)).toBe('start c1');
  });

  it('ends a restore at its deadline, with all that it started', async () => {
    await using site = await LauncherSite.create('true');
    await site.write('criu-sleeps', '1000.5');
    const restore = { do: 'restore', images: '/images', work: site.work, deadlineMs: 300 };
    await using agent = await ScriptedAgent.at(site.socket, restore, 'hear', { do: 'fail', message: 'it took too long' });
    const { status, stderr } = await site.create();
    expect(status).toBe(1);
    expect(agent.heard[1]).toEqual({ call: 'restored', status: 124, timedOut: true, logOverflow: false });
    // It held the launcher's standard output: that it ended shows that nobody has it any more.
    expect(stderr).toContain('holdfast: it took too long\n');
    expect(JSON.parse(await site.read('log.json'))).toMatchObject({ level: 'error', msg: 'it took too long' });
    expect(existsSync(`${site.state}/restored/c1`)).toBe(false);
  });

  it.each([
    ['whose log grows without end', 'log-grows', true],
    ['that waits for a CRIU which has ended', 'runc-waits', false],
  ])('ends a restore %s', async (_, what, logOverflow) => {
    await using site = await LauncherSite.create('true');
    await site.write(what, '');
    const restore = { do: 'restore', images: '/images', work: site.work, deadlineMs: 600_000 };
    await using agent = await ScriptedAgent.at(site.socket, restore, 'hear', { do: 'create' });
    expect((await site.create()).status).toBe(0);
    expect(agent.heard[1]).toEqual({ call: 'restored', status: 124, timedOut: false, logOverflow });
  });

  it('takes no restore by a CRIU that runc chose by itself: the container would have other streams than its own', async () => {
    await using site = await LauncherSite.create('true');
    await mkdir(site.path('other'));
    await writeFile(site.path('other/criu'), '#!/bin/sh\n', { mode: 0o755 });
    const restore = { do: 'restore', images: '/images', work: site.work, deadlineMs: 60_000 };
    await using agent = await ScriptedAgent.at(site.socket, restore, 'hear', { do: 'create' });
    expect(await site.create()).toMatchObject({ status: 0, stdout: 'the container speaks\n' });
    expect(agent.heard[1]).toMatchObject({ call: 'restored', status: 125 });
    expect(await readFile(join(site.work, 'launcher.log'), 'utf8')).toBe('holdfast-runc: runc started a CRIU of its own choice\n');
    expect((await site.calls()).map((call) => / (restore|create|delete --force) /.exec(call)?.[1])).toEqual(['restore', 'delete --force', 'create']);
  });

  it('cannot restore where it cannot take note of it: the container would not start', async () => {
    await using site = await LauncherSite.create('true');
    await site.write('state', 'a file where a folder should be');
    const restore = { do: 'restore', images: '/images', work: site.work, deadlineMs: 60_000 };
    await using agent = await ScriptedAgent.at(site.socket, restore, 'hear', { do: 'create' });
    expect(await site.create()).toMatchObject({ status: 0, stdout: 'the container speaks\n' });
    expect(agent.heard[1]).toMatchObject({ call: 'restored', status: 125 });
    expect(await site.calls()).toHaveLength(1);
  });
});
