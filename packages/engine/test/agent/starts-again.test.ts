import { readdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { writeContainerRecord } from '../../src/agent/container-record.js';
import type { LauncherConversation } from '../../src/agent/launcher-conversation.js';
import { NodeAgent } from '../../src/agent/node-agent.js';
import type { UnprotectedList } from '../../src/agent/unprotected-list.js';
import { bundleText } from '../oci/bundles.js';

/** An agent that asks no further than for its storage, and the call of a container of that name. */
async function site(folder: string) {
  const asked = vi.fn(() => Promise.reject(new Error('not of use')));
  const context = {
    config: { stateDirectory: folder, job: { tcp: 'close' }, limits: {}, agent: { socket: join(folder, 'run/agent.sock') } },
    docker: {
      stateOf: () => Promise.resolve(undefined),
      rememberedEnd: () => Promise.resolve(undefined),
      describe: () => Promise.resolve({ name: 'c', image: undefined }),
    },
    clock: systemClock,
    logger: silentLogger,
    environmentOf: asked,
  } as unknown as AgentContext;
  await mkdir(join(folder, 'bundle'));
  await writeFile(join(folder, 'bundle/config.json'), bundleText({ env: ['MMC_CHECKPOINT_MODE=true'], readonly: true, rootPath: folder }));
  const place = { id: 'c1', bundle: join(folder, 'bundle'), root: join(folder, 'runc') };
  const record = { version: 1, ...place, name: 'c', job: 'c', attempts: ['a'], epochBefore: 0 } as const;
  await writeContainerRecord(folder, record);
  const agent = new NodeAgent(context, { add: () => Promise.resolve() } as unknown as UnprotectedList);
  const conversation = { signal: new AbortController().signal, say: vi.fn(), decide: vi.fn() } as unknown as LauncherConversation;
  return { agent, asked, record, create: () => agent.create({ call: 'create', ...place }, conversation) };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-again-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test('a container that ended while no agent ran is not kept waiting for a Docker that waits for its start', async () => {
  const { agent, asked, record, create } = await site(folder);
  agent.settle(record);
  void create();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1), 30_000);
  await agent.leave();
});

test('a container that is started again at once finds its folder whole, not one that is being removed', async () => {
  const { agent, asked, create } = await site(folder);
  const own = join(folder, 'agent/containers/c1');
  // It takes a while to remove them.
  for (let file = 0; file < 2000; file += 1) writeFileSync(join(own, String(file)), '');
  let found: readonly string[] = [];
  asked.mockImplementation(() => {
    found = readdirSync(own);
    return Promise.reject(new Error('not of use'));
  });
  await agent.answer({ call: 'deleted', id: 'c1' }, new AbortController().signal);
  void create();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1), 30_000);
  expect(found.toSorted()).toEqual(['criu.conf', 'record.json']);
  await agent.leave();
});
