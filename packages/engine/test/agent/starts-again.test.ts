import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { expect, test, vi } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import { writeContainerRecord } from '../../src/agent/container-record.js';
import type { LauncherConversation } from '../../src/agent/launcher-conversation.js';
import { NodeAgent } from '../../src/agent/node-agent.js';
import type { UnprotectedList } from '../../src/agent/unprotected-list.js';
import { bundleText } from '../oci/bundles.js';

test('a container that ended while no agent ran is not kept waiting for a Docker that waits for its start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-again-'));
  try {
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
    agent.settle(record);
    const conversation = { signal: new AbortController().signal, say: vi.fn(), decide: vi.fn() } as unknown as LauncherConversation;
    void agent.create({ call: 'create', ...place }, conversation);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1), 4000);
    await agent.leave();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
