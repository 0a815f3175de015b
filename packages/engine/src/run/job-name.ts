import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** The name of a job that was given none: the same working directory and command give the same name. */
export function defaultJobName(workingDirectory: string, command: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([workingDirectory, ...command]))
    .digest('hex')
    .slice(0, 8);
  const program = basename(command[0] ?? 'job')
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 40);
  return `${program === '' ? 'job' : program}-${digest}`;
}
