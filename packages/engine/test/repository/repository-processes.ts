import { execFileSync } from 'node:child_process';

/** Those that this process started and that are not gone. */
export function repositoryProcesses(): readonly number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('process-main.js')).map((line) => Number.parseInt(line, 10));
}
