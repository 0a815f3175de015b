import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DockerApi } from '../../src/agent/docker-api.js';

let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-docker-api-'));
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function docker(answer: (path: string, response: ServerResponse, request: IncomingMessage) => void): Promise<DockerApi> {
  const path = join(folder, 'docker.sock');
  server = createServer((request, response) => answer(decodeURIComponent(request.url ?? ''), response, request));
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return new DockerApi(path);
}

const ended = Promise.resolve();

describe('what Docker tells', () => {
  test('a container’s own name and its image, by lists alone', async () => {
    const asked: string[] = [];
    const api = await docker((path, response) => {
      asked.push(path);
      if (path === '/images/sha256:abc/json') response.end(JSON.stringify({ RootFS: { Layers: ['sha256:1', 'sha256:2'] } }));
      else response.end(JSON.stringify([{ Names: ['/other/alias', '/job-7'], ImageID: 'sha256:abc' }]));
    });
    await expect(api.describe('c1')).resolves.toEqual({ name: 'job-7', image: { id: 'sha256:abc', layers: ['sha256:1', 'sha256:2'] } });
    expect(asked).toEqual(['/containers/json?all=1&filters={"id":["c1"]}', '/images/sha256:abc/json']);
  });

  test('no name where nobody answers, or in other words', async () => {
    const unknown = { name: undefined, image: undefined };
    await expect(new DockerApi(join(folder, 'none.sock')).describe('c1')).resolves.toEqual(unknown);
    const api = await docker((_path, response) => response.end('<html>'));
    await expect(api.describe('c1')).resolves.toEqual(unknown);
  });

  test('the id of a container that is not its own; and a name at the second try where that is wanted', async () => {
    let busy = true;
    const api = await docker((path, response) => {
      response.end(busy ? '' : JSON.stringify(path.includes('c1') ? [{ Names: ['/late'] }] : []));
      busy = false;
    });
    await expect(api.describe('c1', 2)).resolves.toMatchObject({ name: 'late' });
    await expect(api.describe('c2')).resolves.toMatchObject({ name: 'c2' });
  });

  test('the state of a container, and that it has none of that name', async () => {
    const State = { Status: 'paused', Running: true, Paused: true, OOMKilled: false, ExitCode: 0, FinishedAt: '2026-01-02T03:04:05.5Z' };
    const api = await docker((path, response) => {
      if (path === '/containers/c1/json') response.end(JSON.stringify({ State, Config: { StopSignal: 'SIGUSR1' } }));
      else response.writeHead(path === '/containers/c2/json' ? 404 : 500).end('{}');
    });
    const finishedAtMs = Date.parse('2026-01-02T03:04:05.500Z');
    const expected = { running: true, paused: true, started: true, exitCode: 0, outOfMemory: false, finishedAtMs, stopSignal: 10 };
    await expect(api.stateOf('c1')).resolves.toEqual(expected);
    await expect(api.stateOf('c2')).resolves.toBe('gone');
    await expect(api.stateOf('c3')).resolves.toBeUndefined();
  });

  test('the last end of a container that is gone, among what it remembers', async () => {
    const die = (exitCode: string, timeNano: number): string =>
      `${JSON.stringify({ Action: 'die', Actor: { Attributes: { exitCode } }, timeNano })}\n`;
    const oom = `${JSON.stringify({ Action: 'oom', Actor: { Attributes: {} }, timeNano: 1 })}\n`;
    const api = await docker((path, response) => {
      const [, filters = ''] = /^\/events\?since=1&until=\d+&filters=(.*)$/.exec(path) ?? [];
      response.end(filters === '{"container":["c1"],"event":["die","oom"]}' ? `${oom}${die('1', 1e18)}${die('7', 2e18)}` : oom + die('8', 3e18));
    });
    await expect(api.rememberedEnd('c1')).resolves.toEqual({ exitCode: 7, finishedAtMs: 2e12, outOfMemory: false });
    await expect(api.rememberedEnd('c2')).resolves.toEqual({ exitCode: 8, finishedAtMs: 3e12, outOfMemory: true });
  });

  test('the status of a container that its end removed, asked for before', async () => {
    const over = Promise.withResolvers<void>();
    const api = await docker((path, response) => {
      if (path !== '/containers/c1/wait?condition=next-exit') return void response.writeHead(404).end('{}');
      over.resolve();
      setTimeout(() => response.end('{"StatusCode":5}'), 50);
    });
    await expect(api.exitCode('c1', over.promise)).resolves.toBe(5);
  });

  test('the status of a container that ended before anybody asked', async () => {
    const api = await docker((path, response) => {
      // The next end never comes.
      if (path === '/containers/c1/json') response.end('{"State":{"Running":false,"ExitCode":9}}');
    });
    await expect(api.exitCode('c1', ended)).resolves.toBe(9);
  });

  test('nothing of a container that is gone', async () => {
    const api = await docker((_path, response) => void response.writeHead(404).end('{"message":"No such container"}'));
    await expect(api.exitCode('c1', ended)).resolves.toBeUndefined();
  });
});
