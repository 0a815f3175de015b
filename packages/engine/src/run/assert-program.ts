import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { CompleteRequest } from './run-environment.js';

type Program = Pick<CompleteRequest, 'command' | 'workingDirectory' | 'environment'>;

/**
 * Rejects with HF_START_FAILED where the program of a job that starts now is nowhere: nothing has to be made for it then. One that the job sees elsewhere than
 * this process does, or may not run, is found out by the job's start.
 */
export async function assertProgram({ command: [program], workingDirectory, environment }: Program): Promise<void> {
  if (program.includes('/')) {
    const path = resolve(workingDirectory, program);
    if (await isThere(path)) return;
    throw missing(
      program,
      path === program ? 'there is no such file' : `there is no file ${path}`,
      'look at its path, and at the directory that the line is run in',
    );
  }
  const path = environment['PATH'];
  // Where to look is libc's to say then.
  if (path === undefined) return;
  for (const folder of path.split(':')) if (await isThere(join(resolve(workingDirectory, folder), program))) return;
  const here = await isThere(join(workingDirectory, program));
  throw missing(program, 'no folder of PATH has it', here ? `the working directory has it: run ./${program}` : 'install it, or name it by its path');
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')),
  );
}

/** With the status that a shell has for it. */
function missing(program: string, what: string, hint: string): HoldfastError {
  const message = `cannot run ${JSON.stringify(program)}: ${what}`;
  return new HoldfastError('HF_START_FAILED', { message, kind: 'not-found', operation: 'start', context: { command: program, exitCode: 127 }, hint });
}
