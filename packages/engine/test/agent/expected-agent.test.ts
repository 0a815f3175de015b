import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, silentLogger, systemClock } from '@holdfast/core';
import { expect, test } from 'vitest';
import { expectAgent, expectedAgentFile, expectNoAgent } from '../../src/agent/expected-agent.js';

test('an agent is expected until one has ended in order, and a little longer; where that cannot be told nothing fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-expected-'));
  const socket = join(folder, 'agent.sock');
  const clock: Clock = { ...systemClock, now: () => new Date(1_000_000) };
  await expectNoAgent(socket, clock, silentLogger);
  expect(await readFile(expectedAgentFile(socket), 'utf8')).toBe('1003000\n');
  await expectAgent(socket, silentLogger);
  expect(await readFile(join(folder, 'agent-expected'), 'utf8')).toBe('');
  await rm(folder, { recursive: true });
  await expectAgent(socket, silentLogger);
});
