import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, silentLogger } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentClient } from '../../src/agent/agent-client.js';
import { type AgentCalls, serveAgentSocket } from '../../src/agent/agent-server.js';
import { readLines } from '../../src/agent/socket-lines.js';

let folder: string;
let server: AsyncDisposable | undefined;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-agent-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

const nothing: AgentCalls = { create: () => Promise.resolve(), answer: () => Promise.resolve(undefined) };

async function serve(calls: Partial<AgentCalls>): Promise<string> {
  const path = join(folder, 'run/agent.sock');
  server = await serveAgentSocket(path, { ...nothing, ...calls }, silentLogger);
  return path;
}

/** A launcher that says lines and collects what it hears, but signs of life. */
async function launcher(path: string): Promise<{ readonly heard: unknown[]; say(line: unknown): void; readonly socket: Socket }> {
  const socket = connect({ path, allowHalfOpen: true });
  sockets.push(socket);
  const heard: unknown[] = [];
  readLines(socket, (line) => {
    const said = JSON.parse(line) as object;
    if (!('wait' in said)) heard.push(said);
  });
  await once(socket, 'connect');
  return { heard, socket, say: (line) => void socket.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`) };
}

const create = { v: 1, call: 'create', id: 'c1', bundle: '/bundle', root: '/root', consoleSocket: true };

describe('the agent’s socket', () => {
  test('is its owner’s alone, and served once', async () => {
    const path = await serve({});
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(serveAgentSocket(path, nothing, silentLogger)).rejects.toMatchObject({ code: 'HF_AGENT_RUNNING' });
    await expect(agentClient(path).status()).resolves.toBeNull();
  });

  test('is taken over from an agent that was killed', async () => {
    const [listening, left] = [join(folder, 'first.sock'), join(folder, 'run/agent.sock')];
    const killed = createServer();
    await new Promise<void>((resolve) => killed.listen(listening, resolve));
    await mkdir(join(folder, 'run'));
    await rename(listening, left);
    await new Promise((resolve) => killed.close(resolve));
    await expect(agentClient(await serve({})).status()).resolves.toBeNull();
  });

  test('has a launcher restore, hears how it ended, and says the last word', async () => {
    const path = await serve({
      create: async ({ id }, conversation) => {
        conversation.say(`for ${id}`);
        conversation.resuming();
        conversation.touched();
        const { status } = await conversation.restore({ images: '/images', work: '/work', deadlineMs: 5 });
        conversation.decide(status === 0 ? { do: 'done' } : { do: 'fail', message: `status ${status}` });
      },
    });
    const { heard, say, socket } = await launcher(path);
    say(create);
    await expect.poll(() => heard).toContainEqual({ do: 'restore', images: '/images', work: '/work', deadlineMs: 5 });
    say({ call: 'restored', status: 1, timedOut: false, logOverflow: false });
    await once(socket, 'end');
    expect(heard).toEqual([
      { say: 'for c1' },
      { resuming: true },
      { touched: true },
      { do: 'restore', images: '/images', work: '/work', deadlineMs: 5 },
      { do: 'fail', message: 'status 1' },
    ]);
  });

  test('tells whoever waits for a launcher that it went away', async () => {
    const outcome = Promise.withResolvers<unknown>();
    const path = await serve({
      create: async (_call, conversation) => {
        outcome.resolve(await conversation.restore({ images: '/i', work: '/w', deadlineMs: 5 }).catch((error: unknown) => error));
        expect(conversation.signal.aborted).toBe(true);
      },
    });
    const { heard, say, socket } = await launcher(path);
    say(create);
    await expect.poll(() => heard.length).toBe(1);
    socket.destroy();
    await expect(outcome.promise).resolves.toMatchObject({ code: 'HF_ABORTED' });
  });

  test('gives signs of life while it decides', async () => {
    const decided = Promise.withResolvers<void>();
    const path = await serve({ create: () => decided.promise });
    const socket = connect({ path, allowHalfOpen: true });
    sockets.push(socket);
    const line = new Promise<string>((resolve) => readLines(socket, resolve));
    socket.write(`${JSON.stringify(create)}\n`);
    await expect(line).resolves.toBe('{"wait":true}');
    decided.resolve();
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['another version', { ...create, v: 2 }],
    ['a call that it does not know', { v: 1, call: 'dance' }],
    ['an id that leads out of its folder', { ...create, id: '../c1' }],
    ['an id that is a folder above', { v: 1, call: 'deleted', id: '..' }],
    ['a bundle that is not absolute', { ...create, bundle: 'bundle' }],
  ])('answers %s with an error, and does nothing', async (_what, line) => {
    const called: unknown[] = [];
    const path = await serve({
      create: async (call) => void called.push(call),
      answer: async (call) => void called.push(call),
    });
    const { heard, say, socket } = await launcher(path);
    say(line);
    await once(socket, 'end');
    expect(heard).toMatchObject([{ error: { code: 'HF_USAGE' } }]);
    expect(called).toEqual([]);
  });

  test('tells who is answered that the caller is gone, and not before', async () => {
    const gone = Promise.withResolvers<AbortSignal>();
    const path = await serve({ answer: (_call, signal) => Promise.resolve(gone.resolve(signal)) });
    const { heard, say, socket } = await launcher(path);
    say({ v: 1, call: 'pause', id: 'c1' });
    await expect.poll(() => heard).toEqual([{ ok: null }]);
    const signal = await gone.promise;
    expect(signal.aborted).toBe(false);
    socket.end();
    await expect.poll(() => signal.aborted).toBe(true);
  });

  test('answers with the error of the call', async () => {
    const failure = new HoldfastError('HF_JOB_NOT_RUNNING', { message: 'job a is not running', kind: 'not-found', operation: 'snapshot' });
    const path = await serve({ answer: () => Promise.reject(failure) });
    await expect(agentClient(path).stop('a')).rejects.toMatchObject({ code: 'HF_JOB_NOT_RUNNING' });
  });
});
