import { readdirSync, readFileSync } from 'node:fs';

export const pager = /^[^\0]*holdfast-pager\0/;
export const spare = /^[^\0]*holdfast-spare\0/;
export const keeper = /^[^\0]*holdfast-keeper\0/;
export const repository = /process-main\.js/;

/** Whose command line the words are in: of the test that has `directory`, and of no other that runs beside it. */
export function processesOf(words: RegExp, directory: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => words.test(read(pid, 'cmdline')) && isOurs(pid, directory)).map(Number);
}

function isOurs(pid: string, directory: string): boolean {
  return read(pid, 'cmdline').includes(directory) || read(pid, 'stat').split(' ')[3] === String(process.pid);
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
