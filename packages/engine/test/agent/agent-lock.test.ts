import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockAgent } from '../../src/agent/agent-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-lock-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const places = (state: string, socket: string) => ({ stateDirectory: join(folder, state), socket: join(folder, socket) });

describe('an agent', () => {
  test('is refused beside another one of its state directory, or of its socket, by name', async () => {
    using _first = await lockAgent(places('state', 'a.sock'));
    const refusal = (what: string) => ({ code: 'HF_AGENT_RUNNING', message: `another agent has the ${what}` });
    await expect(lockAgent(places('state', 'b.sock'))).rejects.toMatchObject(refusal(`state directory ${join(folder, 'state')}`));
    await expect(lockAgent(places('other', 'a.sock'))).rejects.toMatchObject(refusal(`socket ${join(folder, 'a.sock')}`));
    // What was refused holds nothing.
    using _third = await lockAgent(places('other', 'b.sock'));
  });

  test('comes after one that has ended, and after one that was killed', async () => {
    (await lockAgent(places('state', 'a.sock')))[Symbol.dispose]();
    const script = `const { DatabaseSync } = require('node:sqlite'); new DatabaseSync(process.argv[1]).exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => 0, 1000)`;
    const child = spawn(process.execPath, ['-e', script, join(folder, 'state/agent/lock')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(lockAgent(places('state', 'a.sock'))).rejects.toMatchObject({ code: 'HF_AGENT_RUNNING' });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    using _next = await lockAgent(places('state', 'a.sock'));
  });
});
