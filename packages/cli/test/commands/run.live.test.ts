import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LiveMachine, missingHere } from '../support/live-line.js';

const missing = missingHere();
const here = missing === undefined || process.env['CI'] === 'true';
const title = here ? 'holdfast run' : `holdfast run (not here: ${missing})`;

// Keeps in memory what it read once; ends where it is told to, so that nothing depends on time.
const keeper = 'read -r id < /proc/sys/kernel/random/uuid; echo "$id"; while [ ! -e go ]; do sleep 0.05; done; echo "$id"';

describe.skipIf(!here)(title, () => {
  let machine: LiveMachine;

  beforeAll(async () => {
    expect(missing).toBeUndefined();
    machine = await LiveMachine.create();
  });

  afterAll(() => machine.remove());

  test.each([
    ['true', 0],
    ['exit 3', 3],
    ['kill -SEGV $$', 139],
  ])('the status of %j is %i', async (script, status) => {
    expect(await machine.run('run', '--', 'sh', '-c', script)).toMatchObject({ status });
  });

  test('a command that is not there is 127, one that is no program 126', async () => {
    expect(await machine.run('run', '--', 'no-such-command')).toMatchObject({ status: 127 });
    expect(await machine.run('run', '--', '/etc/passwd')).toMatchObject({ status: 126 });
  });

  test("the job's streams pass unchanged, and -qq adds nothing to them", async () => {
    const line = machine.start('run', '-qq', '--', 'sh', '-c', 'cat; printf "to stderr" >&2');
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    line.child.stdin.end(bytes);
    expect(await line.status).toBe(0);
    expect(line.stdout().equals(bytes)).toBe(true);
    expect(line.stderr()).toBe('to stderr');
  });

  test('SIGTERM takes a last snapshot and gives 75; the same line goes on; a second line meanwhile is refused', async () => {
    const argv = ['run', '--job', 'keeper', '--', 'sh', '-c', keeper];
    const first = machine.start(...argv);
    await first.says('started job');
    expect(await machine.run(...argv)).toMatchObject({ status: 125, stderr: expect.stringContaining('HF_JOB_HELD') as unknown });
    expect(await machine.run('snapshot', 'keeper', '--json')).toMatchObject({ status: 0, stdout: expect.stringContaining('"number":1') as unknown });
    first.child.kill('SIGTERM');
    expect(await first.status).toBe(75);
    expect(first.stderr()).toContain('snapshot 2:');

    expect(await machine.run('snapshot', 'keeper')).toMatchObject({ status: 4 });
    const listed = await machine.run('list', '--prefix', 'keeper', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ items: [{ job: 'keeper', status: 'interrupted' }] });

    const second = machine.start(...argv);
    await second.says('resumed job');
    await writeFile(join(machine.work, 'go'), '');
    expect(await second.status).toBe(0);
    expect(first.stdout().toString()).toMatch(/^[0-9a-f-]{36}\n$/u);
    expect(second.stdout().toString()).toBe(first.stdout().toString());
    expect(await machine.run('verify', 'keeper')).toMatchObject({ status: 0 });
  });

  test('a second signal ends the job at once', async () => {
    // Its last snapshot, which the first one asks for, is never through.
    const endless = join(machine.folder, 'endless-runc');
    const script = `#!/bin/sh\ncase " $* " in *" checkpoint "*) exec sleep 1000;; esac\nexec '${process.env['HOLDFAST_RUNC']}' "$@"\n`;
    await writeFile(endless, script, { mode: 0o755 });
    using other = await LiveMachine.create({ HOLDFAST_RUNC: endless });
    const line = other.start('run', '--job', 'stubborn', '--', 'sleep', '1000');
    await line.says('started job');
    line.child.kill('SIGINT');
    await line.says('SIGINT: taking a last snapshot');
    // At once it would be the same request.
    await delay(200);
    line.child.kill('SIGINT');
    expect(await line.status).toBe(137);
    expect(line.stderr()).toContain('SIGINT again');
    expect(line.stderr()).not.toContain('snapshot 1');
  });
});
