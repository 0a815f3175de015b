import { HoldfastError } from '@holdfast/core/basics';
import { lineForWord } from './other-words.js';

const tooMany = /^too many arguments for '(.+?)'\. Expected (\d+) arguments? but got \d+: (.*)$/u;
const noValue = /^option '(?:-\w, )?(--[\w-]+) <(.+)>' argument missing$/u;
const unknownCommand = /^(?:error: )?unknown command '([\w-]+)'/u;
const didYouMean = /\n?\(Did you mean (?:one of )?(.+?)\?\)/u;

/** Says a parser's complaint in our words: the sentence, the nearest name there is, where the help is. */
export function usageError(complaint: { readonly message: string }, command: string | undefined): HoldfastError {
  const help = command === undefined ? 'holdfast --help' : `holdfast ${command} --help`;
  const ours = lineForWord(unknownCommand.exec(complaint.message)?.[1] ?? '');
  const nearest = ours ?? didYouMean.exec(complaint.message)?.[1];
  const message = complaint.message
    .replace(didYouMean, '')
    .replace(/^error: /u, '')
    .replace(/\.$/u, '')
    .trim()
    .replace(noValue, (_, option: string, value: string) => `option '${option}' needs a value, ${value}`)
    .replace(tooMany, (_, name: string, most: string, given: string) => {
      const takes = most === '0' ? 'no argument' : most === '1' ? 'one argument' : `${most} arguments`;
      return `'${name}' takes ${takes}, but was given: ${given}`;
    });
  return new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message,
    hint: nearest === undefined ? `'${help}' lists what there is` : `Did you mean ${nearest}? '${help}' lists what there is`,
    context: command === undefined ? {} : { command },
    cause: complaint,
  });
}
