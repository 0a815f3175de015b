import { connect } from 'node:net';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import type { WireError } from '../repository/protocol.js';
import { fromWireError } from '../repository/wire-error.js';
import type { SnapshotOutcome } from '../run/types.js';
import { readLines } from './socket-lines.js';
import type { AgentClient, AgentStatus, StoppedJob } from './types.js';

/** What the agent answers to a call that is not a launcher's. */
export type AgentAnswer = { readonly ok: unknown } | { readonly error: WireError };

type ClientCall = { readonly call: 'status' } | { readonly call: 'snapshot' | 'stop'; readonly job: string };

/** A client of the agent that serves this socket. Nothing is connected until a call. */
export function agentClient(socket: string): AgentClient {
  return {
    status: async (options = {}) => (await ask(socket, { call: 'status' }, options)) as AgentStatus,
    snapshot: async (job, options = {}) => (await ask(socket, { call: 'snapshot', job }, options)) as SnapshotOutcome,
    stop: async (job, options = {}) => (await ask(socket, { call: 'stop', job }, options)) as StoppedJob,
  };
}

async function ask(path: string, call: ClientCall, { signal }: CallOptions): Promise<unknown> {
  signal?.throwIfAborted();
  const socket = connect({ path });
  const onAbort = (): void => {
    socket.destroy();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const answer = await new Promise<AgentAnswer>((resolve, reject) => {
      socket.on('error', (cause) => reject(unavailable(path, cause)));
      socket.once('close', () => reject(signal?.aborted === true ? aborted(call.call) : unavailable(path)));
      readLines(socket, (line) => resolve(JSON.parse(line) as AgentAnswer));
      socket.write(`${JSON.stringify({ v: 1, ...call })}\n`);
    });
    if ('error' in answer) throw fromWireError(answer.error);
    return answer.ok;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

function unavailable(path: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_AGENT_UNAVAILABLE', {
    message: `no agent answers at ${path}${cause instanceof Error ? `: ${cause.message}` : ''}`,
    kind: 'unavailable',
    operation: 'agent',
    context: { path },
    hint: 'start it: holdfast agent, or systemctl start holdfast-agent where systemd runs; agent.socket of the configuration names its socket',
    ...(cause === undefined ? {} : { cause }),
  });
}

function aborted(call: string): HoldfastError {
  return new HoldfastError('HF_ABORTED', { message: `waiting for the agent's answer to ${call} was aborted`, kind: 'aborted', operation: 'agent' });
}
