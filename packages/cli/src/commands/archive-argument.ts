import { HoldfastError } from '@holdfast/core/basics';

/** The file that the line names. The parser has seen that there is a word; an empty one is a mistake of a script. */
export function archiveArgument(word: string): string {
  if (word !== '') return word;
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: 'the name of the archive is empty',
    hint: 'Name a file such as job.tar, or - for stdout or stdin',
  });
}

/** True for the word that means stdout or stdin; a file of that name is `./-`. */
export function isStream(file: string): boolean {
  return file === '-';
}
