import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentClient } from '../../src/agent/agent-client.js';
import { readLines } from '../../src/agent/socket-lines.js';

let folder: string;
let server: Server | undefined;
const heard: unknown[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-agent-'));
  heard.length = 0;
});

afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Answers each line with what `answer` gives; nothing where that is undefined. */
async function serve(answer: (call: unknown) => unknown): Promise<string> {
  const path = join(folder, 'agent.sock');
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    readLines(socket, (line) => {
      const call: unknown = JSON.parse(line);
      heard.push(call);
      const text = answer(call);
      if (text === undefined) socket.destroy();
      else socket.write(`${JSON.stringify(text)}\n`);
    });
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return path;
}

describe('the agent’s client', () => {
  test('names the call and gives what the agent answers', async () => {
    const path = await serve(() => ({ ok: { job: 'a', outcome: 'stopped', lastSnapshot: 4 } }));
    await expect(agentClient(path).stop('a')).resolves.toEqual({ job: 'a', outcome: 'stopped', lastSnapshot: 4 });
    expect(heard).toEqual([{ v: 1, call: 'stop', job: 'a' }]);
  });

  test('rejects with the agent’s own error', async () => {
    const error = { code: 'HF_JOB_NOT_RUNNING', kind: 'not-found', retry: 'no', message: 'no container of job a', context: {} };
    const path = await serve(() => ({ error }));
    await expect(agentClient(path).snapshot('a')).rejects.toMatchObject({ code: 'HF_JOB_NOT_RUNNING', message: 'no container of job a' });
  });

  test('tells an agent that is not there from one that went away', async () => {
    await expect(agentClient(join(folder, 'none.sock')).status()).rejects.toMatchObject({ code: 'HF_AGENT_UNAVAILABLE', kind: 'unavailable' });
    const path = await serve(() => undefined);
    await expect(agentClient(path).status()).rejects.toMatchObject({ code: 'HF_AGENT_UNAVAILABLE' });
  });

  test('is given up by the signal', async () => {
    const controller = new AbortController();
    const path = await serve(() => {
      controller.abort();
      return { late: true };
    });
    await expect(agentClient(path).status({ signal: controller.signal })).rejects.toMatchObject({ code: 'HF_ABORTED' });
  });
});
