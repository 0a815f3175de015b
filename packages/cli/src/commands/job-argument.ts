import { HoldfastError } from '@holdfast/core/basics';

/** The job that the line names. The parser has seen that there is a word; an empty one is a mistake of a script. */
export function jobArgument(words: readonly string[]): string {
  const [job] = words;
  if (job !== undefined && job !== '') return job;
  throw new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message: 'the name of the job is empty', hint: "'holdfast list' names the jobs" });
}
