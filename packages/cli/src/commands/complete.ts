import { completionLines } from '../completion/completion-lines.js';
import { completionOf } from '../completion/completion-of.js';
import { exitCodes } from '../exit-codes.js';
import type { CommandContext } from './command-context.js';

const mostJobs = 200;

/** Prints what could stand where the last word is. Never complains: the user is in the middle of typing. */
export async function complete({ printer, words, signal, open }: CommandContext): Promise<number> {
  const found = completionOf(words);
  const jobs = found.source === 'job' ? await jobNames(open, signal, found.prefix) : [];
  printer.text(completionLines(found, jobs));
  return exitCodes.ok;
}

async function jobNames(open: CommandContext['open'], signal: AbortSignal, prefix: string): Promise<readonly string[]> {
  try {
    await using opened = await open(signal);
    const query = prefix === '' ? { limit: mostJobs } : { prefix, limit: mostJobs };
    return (await opened.deployment.jobs.list(query, { signal })).items.map(({ job }) => job);
  } catch {
    return [];
  }
}
