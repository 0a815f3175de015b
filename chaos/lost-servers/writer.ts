// Writes into an SQLite catalog until it is killed. Each note is a line of standard output, written before what follows it.
import { writeSync } from 'node:fs';
import { sqlite } from '@holdfast/catalog/sqlite';
import { writeJob } from './write-job.ts';

const [, , path = '', ...jobs] = process.argv;
const store = await sqlite().open({ type: 'sqlite', path });
const forever = new AbortController().signal;
await Promise.all(
  jobs.map((job) => writeJob({ store, job, process: `writer of ${job}`, note: (note) => void writeSync(1, `${JSON.stringify(note)}\n`) }, forever)),
);
