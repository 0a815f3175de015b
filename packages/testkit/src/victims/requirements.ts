import { delimiter, isAbsolute, join } from 'node:path';
import type { Victim } from './victim.js';
import { isExecutable } from '../is-executable.js';

/** The first requirement of a victim that is not here, or undefined. */
export function missingRequirement(victim: Victim): string | undefined {
  return victim.requires.find((program) => findProgram(program) === undefined);
}

/** Where a program lies. Wrappers of version managers are passed over where the system has the program itself. */
export function findProgram(program: string): string | undefined {
  if (isAbsolute(program)) return isExecutable(program) ? program : undefined;
  const folders = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/local/go/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, program)).find((path) => isExecutable(path));
}

/** As `findProgram`; throws where the program is missing. */
export function requireProgram(program: string): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`the program ${program} is not on this machine`);
  return path;
}
