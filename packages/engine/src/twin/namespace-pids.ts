import { readFile } from 'node:fs/promises';

/** What a process is called in each namespace of processes that it is seen in: by this machine first. Rejects where it is gone. */
export async function namespacePids(pid: number, proc = '/proc'): Promise<readonly number[]> {
  const line = /^NSpid:\s+(.*)$/m.exec(await readFile(`${proc}/${pid}/status`, 'latin1'))?.[1];
  return (line ?? String(pid)).split(/\s+/).map(Number);
}
