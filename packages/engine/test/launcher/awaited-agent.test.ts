import { mkdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent, type Step } from './scripted-agent.js';

/** Longer than any test: one that waits in vain is seen. */
const aDay = '86400';

/** `expected`: what an agent, or its service, left on the disk. */
async function siteWith(settings: Readonly<Record<string, string>>, expected?: string): Promise<LauncherSite> {
  const site = await LauncherSite.create('true');
  await site.settings(settings);
  await mkdir(site.state);
  if (expected !== undefined) await site.write('state/agent-expected', expected);
  return site;
}

/** A socket that nobody serves any more. */
async function leaveSocket(site: LauncherSite): Promise<void> {
  const server = createServer().listen(`${site.socket}.new`);
  await once(server, 'listening');
  await rename(`${site.socket}.new`, site.socket);
  server.close();
  await once(server, 'close');
}

describe('an agent that is about to come', () => {
  it.each([
    ['whose service has just been started', '', false],
    ['that is being restarted in order', String(Date.now() + 3_600_000), false],
    ['that died', undefined, true],
  ])('is awaited: one %s', async (_, expected, leavesSocket) => {
    await using site = await siteWith({ agentWaitSeconds: aDay }, expected);
    if (leavesSocket) await leaveSocket(site);
    const created = site.create();
    await Promise.race([created, sleep(300)]);
    expect(await site.calls()).toEqual([]);
    // First: an agent whose socket is gone without a word is expected by nobody.
    await site.write('state/agent-expected', '');
    await rm(site.socket, { force: true });
    await using agent = await ScriptedAgent.at(site.socket, { do: 'create' });
    expect(await created).toEqual({ status: 0, stdout: 'the container speaks\n', stderr: '' });
    expect(agent.heard).toMatchObject([{ call: 'create', id: 'c1' }]);
  });

  it('is awaited no longer than the setting says', async () => {
    await using site = await siteWith({ agentWaitSeconds: '3' }, '');
    const { status, stderr } = await site.create();
    expect(status).toBe(0);
    expect(stderr).toMatch(/^holdfast: the agent is not there yet: waiting up to 3 s for it\nholdfast: this container runs unprotected, [^\n]*\n$/);
  });

  it.each([
    ['one that has ended in order', 'MMC_CHECKPOINT_MODE=true', '1'],
    ['one that nobody set up', 'MMC_CHECKPOINT_MODE=true', undefined],
    ['one that the container did not ask for', 'A=1', ''],
  ])('is not awaited: %s', async (_, variable, expected) => {
    await using site = await siteWith({ agentWaitSeconds: aDay }, expected);
    await site.config({ env: [variable] });
    expect(await site.create()).toMatchObject({ status: 0, stdout: 'the container speaks\n' });
  });

  it('is asked again where it went away before it had decided', async () => {
    await using site = await siteWith({ agentWaitSeconds: aDay }, '');
    const agent = await ScriptedAgent.at(site.socket, { say: 'one' }, { resuming: true });
    const created = site.create();
    await expect.poll(() => agent.heard, { timeout: 20_000 }).toHaveLength(1);
    await agent[Symbol.asyncDispose]();
    await using next = await ScriptedAgent.at(site.socket, { say: 'two' }, { do: 'create' });
    expect(await created).toEqual({ status: 0, stdout: 'the container speaks\n', stderr: 'holdfast: one\nholdfast: two\n' });
    expect(next.heard).toMatchObject([{ call: 'create', id: 'c1' }]);
  });
});

describe('a job that has snapshots', () => {
  it.each<readonly [string, readonly Step[], string]>([
    ['goes away', ['leave'], 'the agent went away'],
    ['talks nonsense', ['nonsense\n'], 'not understood'],
    ['gets no further', [50], 'got no further for 1 s'],
  ])('is not started anew where its agent %s', async (_, steps, reason) => {
    await using site = await siteWith({ decisionWaitSeconds: '1' });
    await using _agent = await ScriptedAgent.at(site.socket, { resuming: true }, ...steps);
    const { status, stderr } = await site.create();
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('starting anew would lose what it has done');
    expect(await site.read('log.json')).toContain('starting anew would lose what it has done');
    expect(await site.calls()).toEqual([]);
  });
});

describe('an agent that only lives', () => {
  it('is given up', async () => {
    await using site = await siteWith({ decisionWaitSeconds: '1' });
    await using _agent = await ScriptedAgent.at(site.socket, 50);
    const { status, stdout, stderr } = await site.create();
    expect([status, stdout]).toEqual([0, 'the container speaks\n']);
    expect(stderr).toContain('unprotected, no snapshot of it is taken: the agent answers, but got no further for 1 s');
  });

  it.each<readonly [string, readonly Step[]]>([
    ['gets on', Array.from({ length: 25 }, () => [{ resuming: true }, 1]).flat()],
    ['puts files back', [{ touched: true }, 25]],
  ])('is waited for while it %s', async (_, steps) => {
    await using site = await siteWith({ decisionWaitSeconds: '2' });
    await using _agent = await ScriptedAgent.at(site.socket, ...steps, { do: 'create' });
    expect(await site.create()).toEqual({ status: 0, stdout: 'the container speaks\n', stderr: '' });
  });
});
