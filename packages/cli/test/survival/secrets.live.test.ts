import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { LiveMachine, missingHere } from '../support/live-line.js';
import { commandLinesWith, filesWith } from '../support/secret-places.js';

const missing = missingHere();
const here = missing === undefined || process.env['CI'] === 'true';

describe.skipIf(!here)(here ? 'a secret in the environment of a job' : `a secret in the environment of a job (not here: ${missing})`, () => {
  let machine: LiveMachine | undefined;
  afterEach(() => machine?.remove());

  test('is in no command line, no message and no file of the state directory while the job runs', async () => {
    const secret = randomBytes(16).toString('hex');
    machine = await LiveMachine.create({ CANARY_TOKEN: secret });
    const job = 'echo "${#CANARY_TOKEN}" > length; while [ ! -e go ]; do sleep 0.05; done';
    const line = machine.start('run', '--verbose', '--job', 'canary', '--', 'sh', '-c', job);
    await line.says('started job');
    try {
      for (let round = 1; round <= 2; round += 1) {
        expect(await machine.run('snapshot', 'canary')).toMatchObject({ status: 0 });
        expect(await commandLinesWith(secret), `command lines after snapshot ${round}`).toEqual([]);
        expect(await filesWith(secret, join(machine.folder, 'state')), `files after snapshot ${round}`).toEqual([]);
      }
    } finally {
      await writeFile(join(machine.work, 'go'), '');
      await line.status;
    }
    expect(await line.status).toBe(0);
    // The job itself had it.
    expect(await readFile(join(machine.work, 'length'), 'utf8')).toBe('32\n');
    expect(line.stderr()).not.toContain(secret);
  });
});
