import type { CommandDefinition } from '../line/command-definition.js';
import { commandDefinitions } from '../line/command-definitions.js';
import { commonOptions } from '../line/common-options.js';
import type { OptionDefinition, ValueSource } from '../line/option-definition.js';

interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What could stand where the last word is. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What the shell or the catalog adds; `command`: from the word `commandAt` on it is a command line of its own. */
  readonly source: ValueSource | 'command' | undefined;
  readonly commandAt: number | undefined;
  /** What the last word holds of the value so far, and what stands before it in that word: `--job=`. */
  readonly prefix: string;
  readonly before: string;
}

const helpOption: OptionDefinition = { name: 'help', short: 'h', description: 'help of the command' };
const versionOption: OptionDefinition = { name: 'version', short: 'V', description: 'print the version' };

/** Reads a line that is being typed; `words` follow the program's name, and the last one, perhaps empty, is completed. */
export function completionOf(words: readonly string[]): Completion {
  const last = words.at(-1) ?? '';
  let command: CommandDefinition | undefined;
  let argumentCount = 0;
  let waiting: OptionDefinition | undefined;
  for (const [index, word] of words.slice(0, -1).entries()) {
    if (waiting !== undefined) waiting = undefined;
    else if (word === '--' || (command?.passesThrough === true && !isOption(word))) {
      return { ...nothing(last), source: 'command', commandAt: word === '--' ? index + 1 : index };
    } else if (isOption(word)) waiting = optionThatWaits(word, optionsOf(command));
    else if (command !== undefined || word === 'help') argumentCount += 1;
    else {
      command = visibleCommands.find(({ name }) => name === word);
      if (command === undefined) return nothing(last);
    }
  }
  if (waiting !== undefined) return valueCompletion(waiting, last, '');
  const [, option, value] = /^(--[^=]+)=(.*)$/su.exec(last) ?? [];
  if (option !== undefined && value !== undefined) {
    const definition = optionThatWaits(option, optionsOf(command));
    return definition === undefined ? nothing(last) : valueCompletion(definition, value, `${option}=`);
  }
  if (isOption(last))
    return {
      ...nothing(last),
      candidates: optionsOf(command)
        .map(({ name, description }) => ({ value: `--${name}`, description }))
        .filter(begins(last)),
    };
  if (command === undefined) return { ...nothing(last), candidates: commandNames(words.includes('help')).filter(begins(last)) };
  if (command.passesThrough === true) return { ...nothing(last), source: 'command', commandAt: words.length - 1 };
  const argument = command.arguments[argumentCount];
  return argument === undefined ? nothing(last) : valueCompletion(argument, last, '');
}

const visibleCommands = commandDefinitions.filter(({ hidden }) => hidden !== true);

function commandNames(afterHelp: boolean): readonly Candidate[] {
  const names = visibleCommands.map(({ name, summary }) => ({ value: name, description: summary }));
  return afterHelp ? names : [...names, { value: 'help', description: 'help of a command' }];
}

function optionsOf(command: CommandDefinition | undefined): readonly OptionDefinition[] {
  return command === undefined ? [...commonOptions, versionOption, helpOption] : [...command.options, ...commonOptions, helpOption];
}

function optionThatWaits(word: string, options: readonly OptionDefinition[]): OptionDefinition | undefined {
  return options.find(({ name, value }) => value !== undefined && word === `--${name}`);
}

function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '--';
}

function valueCompletion(definition: Pick<OptionDefinition, 'choices' | 'completes'>, prefix: string, before: string): Completion {
  const candidates = (definition.choices ?? [])
    .filter((choice) => choice.startsWith(prefix))
    .map((choice) => ({ value: `${before}${choice}`, description: '' }));
  return { candidates, source: definition.completes, commandAt: undefined, prefix, before };
}

function nothing(prefix: string): Completion {
  return { candidates: [], source: undefined, commandAt: undefined, prefix, before: '' };
}

function begins(prefix: string): (candidate: Candidate) => boolean {
  return ({ value }) => value.startsWith(prefix);
}
