import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent, type Step } from './scripted-agent.js';

const noted = '15 1795672800000\n';

/** A container that was stopped while no agent was there. */
async function stoppedSite(): Promise<LauncherSite> {
  const site = await LauncherSite.create('true');
  await site.settings({ agentWaitSeconds: '86400' });
  await mkdir(site.path('state/killed'), { recursive: true });
  await site.write('state/killed/c1', noted);
  return site;
}

const restored = (site: LauncherSite): Step => ({ do: 'restore', images: '/images', work: site.work, deadlineMs: 60_000 });

describe('what was relayed to the life before of a container', () => {
  it('is there for an agent that comes during create, until the container starts', async () => {
    await using site = await stoppedSite();
    await site.write('state/agent-expected', '');
    const agent = await ScriptedAgent.at(site.socket, { say: 'one' });
    const created = site.create();
    await expect.poll(() => agent.heard, { timeout: 20_000 }).toHaveLength(1);
    expect(await site.read('state/killed/c1')).toBe(noted);
    await agent[Symbol.asyncDispose]();
    await using _next = await ScriptedAgent.at(site.socket, { do: 'create' });
    expect((await created).status).toBe(0);
    expect(await site.read('state/killed/c1')).toBe(noted);
    await site.run(['start', 'c1']);
    expect(await site.read('state/killed/c1')).toBe('');
  });

  it.each<readonly [string, (site: LauncherSite) => readonly Step[]]>([
    ['is not started', () => [{ resuming: true }, 'leave']],
    ['could not be restored', (site) => [{ touched: true }, restored(site), 'hear', 'leave']],
  ])('stays noted where it %s', async (_, steps) => {
    await using site = await stoppedSite();
    await site.write('restore-status', '1');
    await using _agent = await ScriptedAgent.at(site.socket, ...steps(site));
    expect((await site.create()).status).toBe(1);
    expect(await site.read('state/killed/c1')).toBe(noted);
  });

  it('is not of one that was restored', async () => {
    await using site = await stoppedSite();
    await using _agent = await ScriptedAgent.at(site.socket, restored(site), 'hear', { do: 'done' });
    expect((await site.create()).status).toBe(0);
    expect(await site.read('state/killed/c1')).toBe('');
  });

  it('is not of one that starts without an agent', async () => {
    await using site = await stoppedSite();
    await using _agent = await ScriptedAgent.at(site.socket, 'leave');
    expect((await site.create()).status).toBe(0);
    expect(await site.read('state/killed/c1')).toBe(noted);
    await site.run(['start', 'c1']);
    expect(await site.read('state/killed/c1')).toBe('');
  });
});
