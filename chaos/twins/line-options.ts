import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Memory by twin wherever that can be, and back as the job wants it. */
const wanted = { '--memory': 'auto', '--resume': 'lazy' } as const;

/** The options that choose twins and lazy resume, as far as this `holdfast run` has them. */
export async function twinOptions([program, ...first]: readonly [string, ...string[]]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(program, [...first, 'run', '--help'], { timeout: 60_000 });
  return Object.entries(wanted).flatMap(([option, value]) => (stdout.includes(`  ${option} <`) ? [option, value] : []));
}
