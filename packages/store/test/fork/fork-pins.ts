import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** The pins that hold snapshots of the family's jobs for this one. */
export async function forkPins(root: string, job: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const source of ['first', 'second'])
    for (const file of await readdir(join(root, 'jobs', source, 'pins')).catch(() => []))
      if (file.endsWith(`.${job}`)) found.push(`${source}/${file.replaceAll(/0{9}/g, '')}`);
  return found.sort();
}

/** As if the notes of this job's forks had been made more than a day ago. */
export async function ageNotes(root: string, job: string): Promise<number> {
  const epochs = join(root, 'jobs', job, 'epochs');
  const notes = (await readdir(epochs)).filter((file) => /\.(from|via)\./.test(file));
  const at = new Date(Date.now() - 90_000_000);
  for (const note of notes) await utimes(join(epochs, note), at, at);
  return notes.length;
}
