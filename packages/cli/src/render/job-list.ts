import type { JobRecord } from '@holdfast/core';
import { commandText, escapeText } from './escape-text.js';
import { table } from './table.js';
import { timeText } from './times.js';

/** The jobs as a table; nothing where there are none. */
export function jobList(jobs: readonly JobRecord[], now: Date): string {
  return table(
    [{ title: 'JOB' }, { title: 'STATUS' }, { title: 'EXIT', align: 'right' }, { title: 'UPDATED' }, { title: 'COMMAND' }],
    jobs.map(({ job, status, exitCode, updatedAt, command }) => [
      escapeText(job),
      status,
      exitCode === undefined ? '' : String(exitCode),
      timeText(updatedAt, now),
      commandText(command),
    ]),
  );
}
