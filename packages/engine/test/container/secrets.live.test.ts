import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine, until } from './machine.js';

const secret = 'a-password-that-is-nowhere-else';

/** Files with the secret in them, and files that others than their owner may read. */
function findings(machine: Machine): readonly string[] {
  const run = join(machine.base, 'run');
  const holding = spawnSync('grep', ['-rlF', secret, run, join(machine.base, 'state')], { encoding: 'utf8' }).stdout;
  // The folder of the init holds a program, and into CRIU's work folder nobody else comes.
  const closed = ['(', '-name', 'init', '-o', '-perm', '0700', '-name', 'restore', ')', '-prune'];
  const readable = spawnSync('find', [run, '-xdev', ...closed, '-o', '-type', 'f', '-perm', '/077', '-print'], { encoding: 'utf8' }).stdout;
  return `${holding}${readable}`.split('\n').filter(Boolean);
}

test("the job's environment stays in no file, and no file of the run is open to others", async () => {
  await using machine = await Machine.open();
  const options = { environment: { SECRET: secret } };
  const first = await machine.start(['sh', '-c', 'while :; do echo ${#SECRET}; sleep 0.02; done'], options);
  await until(() => machine.lines().length > 1);
  expect(machine.lines()[0]).toBe(String(secret.length));
  expect(findings(machine)).toEqual([]);
  const second = await machine.nextLife(first, options);
  expect(findings(machine)).toEqual([]);
  const before = machine.lines().length;
  await until(() => machine.lines().length > before + 1);
  await second.dispose();
});
