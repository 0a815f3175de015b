import { availableParallelism, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type CallOptions, systemClock } from '@holdfast/core';
import { ownProcessIdentity } from '../container/process-identity.js';
import { Turns } from '../run/turns.js';
import { adoptRecords } from './adopt-records.js';
import type { AgentContext } from './agent-context.js';
import { lockAgent } from './agent-lock.js';
import { serveAgentSocket } from './agent-server.js';
import { boundKept } from './bound-kept.js';
import { DockerApi } from './docker-api.js';
import { expectAgent, expectNoAgent } from './expected-agent.js';
import { NodeAgent } from './node-agent.js';
import { removeRelayedSignals } from './relayed-signals.js';
import type { Agent } from './types.js';
import { UnprotectedList } from './unprotected-list.js';

export type ServeAgentOptions = Pick<AgentContext, 'config' | 'options' | 'tools' | 'logger' | 'environmentOf' | 'knownSnapshots'>;

/** Adopts the containers of the agent before, and serves the socket. Rejects with HF_AGENT_RUNNING. */
export async function serveAgent(options: ServeAgentOptions, { signal }: CallOptions = {}): Promise<Agent> {
  const { config } = options;
  const { socket, docker } = config.agent;
  const context: Omit<AgentContext, 'assertNotHeldHere'> = {
    ...options,
    docker: new DockerApi(docker.socket),
    identity: ownProcessIdentity(),
    host: hostname(),
    clock: systemClock,
    // More would take longer each, and stand still for longer.
    snapshotTurns: new Turns(Math.max(2, availableParallelism())),
  };
  signal?.throwIfAborted();
  await using begun = new AsyncDisposableStack();
  // Before a single container is thawed: another agent may be at work with them.
  begun.use(await lockAgent({ stateDirectory: config.stateDirectory, socket }));
  const agent = new NodeAgent(context, new UnprotectedList(join(dirname(socket), 'unprotected')));
  const ready = Promise.withResolvers<void>();
  const server = await serveAgentSocket(
    socket,
    {
      create: async (call, conversation) => {
        await ready.promise;
        await agent.create(call, conversation);
      },
      answer: async (call, gone) => {
        await ready.promise;
        return await agent.answer(call, gone);
      },
    },
    options.logger,
  );
  await expectAgent(socket, options.logger);
  try {
    const { entries, ended } = await adoptRecords(context);
    for (const entry of entries) agent.follow(entry);
    for (const record of ended) agent.settle(record);
    const records = [...entries.map(({ setup }) => setup), ...ended];
    await removeRelayedSignals(socket, (id) => records.some((record) => record.id === id));
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  ready.resolve();
  begun.use(boundKept({ stateDirectory: config.stateDirectory, clock: context.clock, logger: options.logger }));
  const held = begun.move();
  return {
    socket,
    protectedJobs: () => agent.protectedJobs(),
    status: () => agent.status(),
    [Symbol.asyncDispose]: async () => {
      await expectNoAgent(socket, context.clock, options.logger);
      await server[Symbol.asyncDispose]();
      await agent.leave();
      // Last: the next agent may be waiting for it.
      await held[Symbol.asyncDispose]();
    },
  };
}
