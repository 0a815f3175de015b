import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { holdfast } from './bench-machine.ts';

/** The options that `holdfast run` of this checkout knows, such as `--memory`. */
export async function runOptions(): Promise<ReadonlySet<string>> {
  const { stdout } = await promisify(execFile)(holdfast[0], ['run', '--help'], { timeout: 30_000 });
  return optionsIn(stdout);
}

/** What a help text lists: the long options at the beginnings of its lines. */
export function optionsIn(help: string): ReadonlySet<string> {
  return new Set([...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].flatMap(([, option]) => option ?? []));
}
