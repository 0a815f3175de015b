import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

test('a snapshot is committed although nobody reads what the job writes', async () => {
  const machine = await workshop.machine('a');
  const fifo = join(workshop.directory, 'fifo');
  await new Promise((resolve) => spawn('mkfifo', [fifo]).once('exit', resolve));
  // Read and write: opening waits for nobody, and nobody ever reads.
  const unread = openSync(fifo, 'r+');
  const run = await workshop.run(machine, {
    script: 'touch begun; exec cat /dev/zero',
    streams: { stdin: 'inherit', stdout: unread, stderr: 'inherit' },
  });
  expect(await run.snapshot()).toMatchObject({ number: 1 });
  await run.kill();
});
