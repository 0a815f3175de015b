import { readdirSync, readFileSync } from 'node:fs';
import type { Twin, TwinHelper } from '@holdfast/twin';
import type { Job } from './job.js';

const deadlineMs = 20_000;

/** Freezes the job, has it forked, and thaws it. */
export async function forkOnce(helper: TwinHelper, job: Job, subreapers: readonly number[] = []): Promise<readonly Twin[]> {
  await job.freeze();
  try {
    return await helper.fork({ freezer: job.freezer, pids: job.processes(), subreapers, twinGroupDirectories: [job.twinGroup], deadlineMs });
  } finally {
    await job.thaw();
  }
}

export function drop(helper: TwinHelper, job: Job): Promise<void> {
  return helper.drop({ freezer: job.freezer, frozen: false, deadlineMs });
}

export function sweep(helper: TwinHelper, job: Job): Promise<void> {
  return helper.sweep({ freezer: job.freezer, deadlineMs });
}

/** Living or ended processes of ours below a process of the job. */
export function twinsBelow(parents: readonly number[]): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const stat = statOf(pid);
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return stat.includes('(holdfast-twin)') && parents.includes(Number(parent));
    })
    .map(Number);
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
