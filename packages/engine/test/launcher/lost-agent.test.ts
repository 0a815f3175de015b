import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AgentProcess } from './agent-process.js';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent, type Step } from './scripted-agent.js';

const restored = (site: LauncherSite): Step => ({ do: 'restore', images: '/images', work: site.work, deadlineMs: 60_000 });

describe('an agent of no use', () => {
  it('that is not there', async () => {
    await using site = await LauncherSite.create('true');
    await unprotected(site, 'no agent answers at');
  });

  it.each<readonly [string, readonly Step[], string]>([
    ['that goes away', ['leave'], 'went away'],
    ['that speaks no JSON', ['garbage\n'], 'not understood'],
    ['that speaks half of an object', ['{"do":"create"\n'], 'not understood'],
    ['that wants what is unknown', [{ do: 'dance' }], 'not understood'],
    ['that restores from nowhere', [{ do: 'restore', images: 'relative', work: '/w', deadlineMs: 1 }], 'not understood'],
    ['that is done with nothing', [{ do: 'done' }], 'called done what was not'],
    ['whose line has no end', ['x'.repeat(70_000)], 'has no end'],
  ])('%s', async (_, steps, reason) => {
    await using site = await LauncherSite.create('true');
    await using _agent = await ScriptedAgent.at(site.socket, ...steps);
    await unprotected(site, reason);
  });

  it('that says nothing more', async () => {
    await using site = await LauncherSite.create('true');
    await using _agent = await AgentProcess.at(site.socket, 'time.sleep(1000)');
    await unprotected(site, 'does not answer');
  });

  it.each<readonly [string, readonly Step[]]>([
    ['was not there', []],
    ['was lost before it decided', ['leave']],
  ])('that %s may come again: what is sent to the container is noted for it until then', async (_, steps) => {
    await using site = await LauncherSite.create('true');
    await using _agent = steps.length === 0 ? undefined : await ScriptedAgent.at(site.socket, ...steps);
    expect((await site.create()).stdout).toBe('the container speaks\n');
    await site.run(['kill', 'c1', '15']);
    expect(await site.read('state/killed/c1')).toMatch(/^15 \d+\n$/);
    await site.run(['delete', 'c1']);
    expect(existsSync(`${site.state}/protected/c1`)).toBe(false);
  });

  it('is another one than that which has no processor', async () => {
    await using site = await LauncherSite.create('true');
    // Longer than one that is silent is waited for.
    await using _agent = await AgentProcess.at(site.socket, 'end = time.monotonic() + 6.5', 'while time.monotonic() < end: pass');
    expect(await site.create()).toEqual({ status: 0, stdout: 'the container speaks\n', stderr: '' });
  });

  it('is no hindrance where nothing can be written either', async () => {
    await using site = await LauncherSite.create('true');
    await site.write('state', 'a file where a folder should be');
    const { status, stdout, stderr } = await site.create();
    expect([status, stdout]).toEqual([0, 'the container speaks\n']);
    expect(stderr).toContain('unprotected');
  });

  it.skipIf(process.getuid?.() !== 0)("that is another user's", async () => {
    await using site = await LauncherSite.create('true');
    await chmod(site.folder, 0o777);
    const serve =
      'import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print("listens", flush=True); c, _ = s.accept(); c.send(b\'{"do":"fail"}\\n\'); c.recv(9)';
    const user = ['--reuid=65534', '--regid=65534', '--clear-groups', '--'];
    const child = spawn('setpriv', [...user, '/usr/bin/python3', '-c', serve, site.socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    await chmod(site.folder, 0o700);
    await unprotected(site, 'another user than root serves it');
    child.kill('SIGKILL');
    await ended;
  });

  it('starts nothing on files that it had begun to change', async () => {
    await using site = await LauncherSite.create('true');
    await using _agent = await ScriptedAgent.at(site.socket, { touched: true }, 'leave');
    const { status, stderr } = await site.create();
    expect(status).toBe(1);
    expect(stderr).toContain('its root file system is not whole');
    expect(await site.read('log.json')).toContain('its root file system is not whole');
    expect(await site.calls()).toEqual([]);
  });

  it.each<readonly [string, readonly Step[]]>([
    ['without an agent', []],
    ['where the agent only says so', [{ do: 'create' }]],
  ])('starts nothing on files that an agent before had begun to change, %s', async (_, steps) => {
    await using site = await LauncherSite.create('true');
    await site.config({ env: ['MMC_CHECKPOINT_MODE=true'] }, { path: site.path('merged') });
    await site.write('holdfast-unclean', '');
    await using _agent = steps.length === 0 ? undefined : await ScriptedAgent.at(site.socket, ...steps);
    const { status, stderr } = await site.create();
    expect(status).toBe(1);
    expect(stderr).toContain("this container's root file system is not whole");
    expect(await site.calls()).toEqual([]);
  });

  it('starts the container all the same when it went away after a restore that failed on files that are whole', async () => {
    await using site = await LauncherSite.create('true');
    await site.write('restore-status', '1');
    await using _agent = await ScriptedAgent.at(site.socket, restored(site), 'hear', 'leave');
    const { status, stderr } = await site.create();
    expect(status).toBe(0);
    expect(stderr).toContain('unprotected');
    expect((await site.calls()).at(-1)).toContain(' create ');
  });

  it('leaves a container that was restored running', async () => {
    await using site = await LauncherSite.create('true');
    await using _agent = await ScriptedAgent.at(site.socket, { touched: true }, restored(site), 'hear', 'leave');
    const { status, stderr } = await site.create();
    expect(status).toBe(0);
    expect(stderr).toContain('was resumed, and runs');
    expect(await site.calls()).toHaveLength(1);
    expect(existsSync(`${site.state}/restored/c1`)).toBe(true);
  });

  it('leaves no word that the files of what it resumed are not whole', async () => {
    await using site = await LauncherSite.create('true');
    await site.config({ env: ['MMC_CHECKPOINT_MODE=true'] }, { path: site.path('merged') });
    await site.write('holdfast-unclean', '');
    await using _agent = await ScriptedAgent.at(site.socket, { touched: true }, restored(site), 'hear', 'leave');
    expect((await site.create()).status).toBe(0);
    expect(existsSync(site.path('holdfast-unclean'))).toBe(false);
  });

  it('leaves that word where its restore failed', async () => {
    await using site = await LauncherSite.create('true');
    await site.config({ env: ['MMC_CHECKPOINT_MODE=true'] }, { path: site.path('merged') });
    await site.write('holdfast-unclean', '');
    await site.write('restore-status', '1');
    await using _agent = await ScriptedAgent.at(site.socket, { touched: true }, restored(site), 'hear', 'leave');
    expect((await site.create()).status).toBe(1);
    expect(existsSync(site.path('holdfast-unclean'))).toBe(true);
  });

  it('does not come into it where runc hands the container what cannot be restored', async () => {
    await using site = await LauncherSite.create('true');
    await using agent = await ScriptedAgent.at(site.socket, { do: 'fail' });
    const { status, stderr } = await site.run(['create', '--preserve-fds=2', '--bundle', 'bundle', 'c1']);
    expect([status, agent.heard]).toEqual([0, []]);
    expect(stderr).toContain('--preserve-fds');
  });
});

/** Started by runc as without Holdfast; its log has one line about it, and the agent's list, too. */
async function unprotected(site: LauncherSite, reason: string): Promise<void> {
  const { status, stdout, stderr } = await site.create();
  expect([status, stdout]).toEqual([0, 'the container speaks\n']);
  expect(stderr).toMatch(/^holdfast: this container runs unprotected, [^\n]*\n$/);
  expect(stderr).toContain(reason);
  expect(stderr).toContain('`systemctl start holdfast-agent`, or `holdfast agent` without systemd');
  expect(await site.calls()).toHaveLength(1);
  const noted = (await readFile(`${site.state}/unprotected`, 'utf8')).trim();
  expect(JSON.parse(noted)).toEqual({ id: 'c1', reason: expect.stringContaining(reason) as string });
}
