import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { HoldfastError, type Logger } from '@holdfast/core';
import { toWireError } from '../repository/wire-error.js';
import type { AgentAnswer } from './agent-client.js';
import { type LauncherConversation, openConversation, parseJson } from './launcher-conversation.js';
import { type AgentCall, agentCall, type CreateCall } from './protocol.js';
import { readLines } from './socket-lines.js';

export interface AgentCalls {
  /** Says what becomes of a container. Never rejects: it has said so then. */
  create(call: CreateCall, conversation: LauncherConversation): Promise<void>;
  /** Every other call; what it resolves with, or rejects with, is the answer. `gone` is aborted when the caller has closed its connection. */
  answer(call: Exclude<AgentCall, CreateCall>, gone: AbortSignal): Promise<unknown>;
}

/** Serves the agent's socket, of mode 0600. Rejects with HF_AGENT_RUNNING where another agent serves it. */
export async function serveAgentSocket(path: string, calls: AgentCalls, logger: Logger): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isServed(path)) throw alreadyServed(path);
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, calls, logger);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Of many containers that start at once none finds the queue full.
    server.listen({ path, backlog: 4096 }, resolve);
  });
  await chmod(path, 0o600);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = close(server);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(socket: Socket, calls: AgentCalls, logger: Logger): void {
  let hear: ((line: string) => void) | undefined;
  readLines(socket, (line) => {
    if (hear !== undefined) return hear(line);
    hear = () => socket.destroy();
    const parsed = agentCall.safeParse(parseJson(line));
    if (!parsed.success) {
      // The text may hold anything.
      logger.warn({ issues: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) }, 'a call that is not understood');
      socket.end(`${JSON.stringify({ error: toWireError(notUnderstood()) })}\n`);
    } else if (parsed.data.call === 'create') {
      const conversation = openConversation(socket);
      hear = (later) => conversation.hear(later);
      void calls.create(parsed.data, conversation).finally(() => {
        conversation[Symbol.dispose]();
        socket.end();
      });
    } else {
      const gone = new AbortController();
      socket.once('close', () => gone.abort());
      void calls.answer(parsed.data, gone.signal).then(
        (ok) => reply(socket, { ok: ok ?? null }),
        (error: unknown) => reply(socket, { error: toWireError(error) }),
      );
    }
  });
}

function reply(socket: Socket, answer: AgentAnswer): void {
  if (!socket.destroyed) socket.end(`${JSON.stringify(answer)}\n`);
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function notUnderstood(): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    message: 'the agent does not understand this call, as if it were of another version',
    kind: 'invalid-argument',
    operation: 'agent',
    hint: 'install the same version of holdfast, holdfast-runc and the agent, and start the agent again',
  });
}

function alreadyServed(path: string): HoldfastError {
  return new HoldfastError('HF_AGENT_RUNNING', {
    message: `an agent serves ${path} already`,
    kind: 'conflict',
    operation: 'agent',
    context: { path },
    hint: 'stop it first, or name another socket (agent.socket)',
  });
}
