import { delimiter, join } from 'node:path';
import { isExecutable } from '../is-executable.js';
import { runCommand } from './run-command.js';

/** Each program's file, and the files of the libraries and the loader that it needs to start, once each. */
export async function programFiles(programs: readonly string[]): Promise<readonly string[]> {
  const paths = programs.map(pathOf);
  return [...new Set([...paths, ...(await linkedWith(paths))])];
}

/** Lines are `name => /path (0x…)` or `/path (0x…)`; a static program or a script has none, and is no error. */
export async function linkedWith(files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const { stdout } = await runCommand(['ldd', ...files], { environment: process.env });
  return [...new Set(stdout.split('\n').flatMap((line) => /(?:=>\s+|^\s+)(\/\S+)\s+\(0x/.exec(line)?.[1] ?? []))];
}

function pathOf(program: string): string {
  if (program.startsWith('/')) return program;
  const folders = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (found === undefined) throw new Error(`an image's program is not on this machine: ${program}`);
  return found;
}
