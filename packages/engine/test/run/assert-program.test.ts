import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertProgram } from '../../src/run/assert-program.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-program-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'tool'), '');
  await writeFile(join(folder, 'job'), '');
  await symlink('/nowhere', join(folder, 'link'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const program = (name: string, environment: Readonly<Record<string, string>> = { PATH: '/nowhere:bin' }): Promise<void> =>
  assertProgram({ command: [name, 'x'], workingDirectory: folder, environment });

test('a program that is there passes, by its path, in the working directory or in a folder of PATH; one that cannot be told does, too', async () => {
  for (const name of ['./job', join(folder, 'job'), 'bin/tool', 'tool', './link', './bin']) await expect(program(name)).resolves.toBeUndefined();
  await expect(program('any', {})).resolves.toBeUndefined();
  // An empty entry is the working directory.
  await expect(program('job', { PATH: '/nowhere:' })).resolves.toBeUndefined();
});

test.each([
  ['./nothere', (at: string) => `there is no file ${at}/nothere`, 'the directory that the line is run in'],
  ['/no/such', () => 'there is no such file', 'look at its path'],
  ['job/x', (at: string) => `there is no file ${at}/job/x`, 'look at its path'],
  ['nothere', () => 'no folder of PATH has it', 'install it'],
  ['job', () => 'no folder of PATH has it', 'run ./job'],
])('%s is refused with the status of a shell, the cause and the remedy', async (name, cause, hint) => {
  await expect(program(name)).rejects.toMatchObject({
    code: 'HF_START_FAILED',
    message: `cannot run "${name}": ${cause(folder)}`,
    context: { exitCode: 127 },
    hint: expect.stringContaining(hint) as string,
  });
});
