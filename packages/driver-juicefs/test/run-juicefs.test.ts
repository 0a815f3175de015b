import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from '@holdfast/core/basics';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { runJuicefs } from '../src/run-juicefs.js';
import { fakeJuicefs } from './support/fake-juicefs.js';

test('a command does not outlive a Holdfast that is killed: whoever has its lock next is alone', async () => {
  await using fake = await fakeJuicefs();
  await fake.after('echo $$ >> mounting; exec sleep 1000');
  const program = `const { runJuicefs } = await import(${JSON.stringify(new URL('../dist/run-juicefs.js', import.meta.url).href)});
    const setup = { config: JSON.parse(process.argv[1]), sources: { environment: process.env } };
    await runJuicefs(setup, { args: ['format'], operation: 'storage.provision', timeoutMs: 1e6 });`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(fake.setup.config)], { stdio: 'inherit' });
  let pid: number | undefined;
  while (pid === undefined) {
    await sleep(10);
    [pid] = await fake.mounting();
  }
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const deadline = performance.now() + 30_000;
  while (processIdentity(pid) !== undefined && performance.now() < deadline) await sleep(10);
  const left = processIdentity(pid);
  if (left !== undefined) process.kill(pid, 'SIGKILL');
  expect(left).toBeUndefined();
});

test.each([
  ['/no/such/juicefs', 'No such file or directory'],
  ['/dev/null', 'Permission denied'],
])('a program that does not start is told as such: %s', async (path, why) => {
  await using fake = await fakeJuicefs();
  const setup = { ...fake.setup, config: { ...fake.setup.config, program: path } };
  const error = await assertRejects(runJuicefs(setup, { args: ['status'], operation: 'storage.plan', timeoutMs: 10_000 }), {
    code: 'HF_REQUIREMENT',
  });
  expect(error.message).toContain(path);
  expect(error.message).toContain(why);
});
