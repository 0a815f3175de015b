import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiveMachine, missingHere } from '../support/live-line.js';

let machine: LiveMachine;
let archive: Buffer;

beforeAll(async () => {
  expect(missingHere()).toBeUndefined();
  machine = await LiveMachine.create();
  await mkdir(machine.work, { recursive: true });
  const job = machine.start(
    'run',
    '--job',
    'counts',
    '--interval',
    '1s',
    '--',
    'bash',
    '-c',
    'x=$(head -c 2000000 /dev/urandom | base64); while :; do sleep 0.1; done',
  );
  await job.says('snapshot 2');
  job.child.kill('SIGTERM');
  expect(await job.status).toBe(75);
  expect(await machine.run('export', 'counts', 'counts.tar')).toMatchObject({ status: 0 });
  archive = await readFile(join(machine.work, 'counts.tar'));
}, 120_000);

afterAll(() => machine.remove());

test('an import that is killed leaves nothing that could be chosen, and the same line does it then', async () => {
  for (const share of [0, 0.01, 0.3, 0.8, 1]) {
    const line = machine.start('import', '-', '--job', 'killed');
    const given = archive.subarray(0, Math.floor((archive.length - 2048) * share));
    if (given.length > 0) await new Promise((resolve) => line.child.stdin.write(given, resolve));
    await delay(share === 0 ? 0 : 1500);
    line.child.kill('SIGKILL');
    await line.status;
    const shown = await machine.run('show', 'killed', '--json');
    // Without a snapshot there is a job only where the manifest was read.
    if (shown.status === 0) expect(JSON.parse(shown.stdout)).toMatchObject({ snapshots: [] });
    else expect(shown.status).toBe(4);
  }
  const line = machine.start('import', '-', '--job', 'killed');
  line.child.stdin.end(archive);
  expect(await line.status, line.stderr()).toBe(0);
  expect(await machine.run('verify', 'killed')).toMatchObject({ status: 0 });
  expect(await machine.run('list')).toMatchObject({ stdout: expect.stringMatching(/killed\s+interrupted/u) as string });
});

test('from stdout to stdin; the second time it is refused by name', async () => {
  const from = machine.start('export', 'counts', '-');
  const to = machine.start('import', '-', '--job', 'piped');
  from.child.stdout.pipe(to.child.stdin);
  expect(await to.status, to.stderr()).toBe(0);
  expect(from.stderr()).toContain('written');
  const again = await machine.run('import', 'counts.tar', '--job', 'piped');
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('there is a job piped in this storage already') as string });
});

test('a stop signal ends an import that waits for its input', async () => {
  const line = machine.start('import', '-', '--job', 'stopped');
  // More than lies in a pipe: it is through once the import reads.
  await new Promise((resolve) => line.child.stdin.write(archive.subarray(0, archive.length >> 1), resolve));
  line.child.kill('SIGTERM');
  expect(await line.status, line.stderr()).toBe(143);
});
