import { runAbandonable } from '@holdfast/core';
import { expect, test } from 'vitest';

const sh = (script: string) => ({ command: '/bin/sh', args: ['-c', script] });

test('a process that ends tells its status and words', async () => {
  expect(await runAbandonable({ ...sh('echo out; echo err >&2; exit 3'), timeoutMs: 20_000 })).toEqual({
    kind: 'exited',
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('a process that is late is left behind', async () => {
  expect(await runAbandonable({ command: '/bin/sleep', args: ['60'], timeoutMs: 20 })).toEqual({ kind: 'abandoned', why: 'timeout' });
});

test('an abort leaves it behind at once, or never starts it', async () => {
  const controller = new AbortController();
  const running = runAbandonable({ command: '/bin/sleep', args: ['60'], timeoutMs: 60_000, signal: controller.signal });
  controller.abort();
  expect(await running).toEqual({ kind: 'abandoned', why: 'aborted' });
  expect(await runAbandonable({ ...sh('echo'), timeoutMs: 1000, signal: controller.signal })).toEqual({ kind: 'abandoned', why: 'aborted' });
});

test('a program that is not there is no exception', async () => {
  expect(await runAbandonable({ command: '/nonexistent', args: [], timeoutMs: 20_000 })).toMatchObject({ kind: 'not-started' });
});

test('what it prints is kept to a bound', async () => {
  const outcome = await runAbandonable({ ...sh('yes | head -c 1000000'), timeoutMs: 20_000 });
  expect(outcome.kind === 'exited' && outcome.stdout.length).toBe(65_536);
});

test('it gets no environment', async () => {
  expect(await runAbandonable({ command: '/usr/bin/env', args: [], timeoutMs: 20_000 })).toMatchObject({ kind: 'exited', stdout: '' });
});

test('what an abandoned process started is killed with it', async () => {
  const length = `9${process.pid}`;
  const args = ['-c', `sleep ${length} | cat`];
  expect(await runAbandonable({ command: '/bin/sh', args, timeoutMs: 200 })).toMatchObject({ kind: 'abandoned' });
  const left = async () =>
    (await runAbandonable({ command: 'pgrep', args: ['-f', '-x', `sleep ${length}`], timeoutMs: 20_000 })) as { exitCode?: number };
  while ((await left()).exitCode === 0) await new Promise((resolve) => setTimeout(resolve, 20));
});
