import { Command, CommanderError, Option } from 'commander';
import type { CommandDefinition, CommandName } from './command-definition.js';
import { commandDefinitions } from './command-definitions.js';
import { commonOptions } from './common-options.js';
import { commandHelp, programHelp } from './help-text.js';
import type { OptionDefinition } from './option-definition.js';
import { usageError } from './usage-error.js';
import type { GivenValue, GivenValues } from './values.js';

export type ParsedLine =
  /** Not asked for where the line names no command. */
  | { readonly kind: 'help'; readonly text: string; readonly asked: boolean }
  | { readonly kind: 'version' }
  | { readonly kind: 'command'; readonly command: CommandName; readonly words: readonly string[]; readonly values: GivenValues };

/** Takes a command line apart. Values are still text. Throws HF_USAGE; its context names the command where one was reached. */
export function parseLine(argv: readonly string[]): ParsedLine {
  let parsed: ParsedLine | undefined;
  let help = '';
  const program = newProgram((text) => (help += text));
  for (const definition of commandDefinitions) {
    const command = newCommand(definition.name, [...definition.options, ...commonOptions], definition.name).copyInheritedSettings(program);
    describe(command, definition).exitOverride((error) => {
      throw usageError(error, definition.name);
    });
    command.action(() => {
      const values = new Map([...givenValues(program, commonOptions), ...givenValues(command, [...definition.options, ...commonOptions])]);
      parsed = { kind: 'command', command: definition.name, words: command.args, values };
    });
    program.addCommand(command, { hidden: definition.hidden === true });
  }
  program.addCommand(helpCommand((inner) => (parsed = parseLine(inner))));
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    const end = endOf(error);
    if (end?.code === 'commander.version') return { kind: 'version' };
    if (end?.code === 'commander.help' || end?.code === 'commander.helpDisplayed') return { kind: 'help', text: help, asked: end.exitCode === 0 };
    throw error instanceof CommanderError ? usageError(error, undefined) : error;
  }
  if (parsed === undefined) throw usageError({ message: 'no command was given' }, undefined);
  return parsed;
}

function newProgram(write: (text: string) => void): Command {
  return newCommand('holdfast', commonOptions, undefined)
    .description('Keeps long computations alive when the machine under them goes away.')
    .usage('[options] COMMAND')
    .version('', '-V, --version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions()
    .configureOutput({ writeOut: write, writeErr: write, outputError() {} })
    .addHelpText('after', programHelp);
}

/** Help of a command is what its own --help says; of an unknown one, what the line of that command would be told. */
function helpCommand(parse: (argv: readonly string[]) => void): Command {
  const command = new Command('help').exitOverride().helpOption(false).allowExcessArguments(false);
  return command
    .summary('help of a command')
    .argument('[COMMAND]')
    .action((name?: string) => {
      if (name === undefined || name === 'help') parse(['--help']);
      else parse(commandDefinitions.some((definition) => definition.name === name) ? [name, '--help'] : [name]);
    });
}

function newCommand(name: string, options: readonly OptionDefinition[], owner: CommandName | undefined): Command {
  const command = new Command(name).exitOverride().allowExcessArguments(false);
  for (const definition of options) command.addOption(newOption(definition, owner));
  return command;
}

function describe(command: Command, definition: CommandDefinition): Command {
  command.summary(definition.summary).description(definition.description);
  for (const { name, required } of definition.arguments) command.argument(required ? `<${name}>` : `[${name}]`);
  if (definition.passesThrough === true) {
    command.allowExcessArguments().passThroughOptions().usage('[options] [--] CMD [ARGUMENT]...');
  }
  return command.addHelpText('after', commandHelp(definition));
}

function newOption(definition: OptionDefinition, owner: CommandName | undefined): Option {
  const { name, short, value, description, variable, choices } = definition;
  const flags = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;
  const notes = [choices === undefined ? '' : `: ${choices.join(', ')}`, variable === undefined ? '' : ` [${variable}]`];
  return new Option(flags, `${description}${notes.join('')}`).argParser((given: string, before: unknown) => {
    if (value === undefined) return typeof before === 'number' ? before + 1 : 1;
    // The parser takes any next word as the value, also the `--` that ends the options.
    if (given === '--') throw usageError({ message: `option '--${name}' needs a value, ${value}` }, owner);
    return definition.repeatedBy === undefined ? given : [...textsOf(before), given];
  });
}

function givenValues(command: Command, definitions: readonly OptionDefinition[]): readonly [string, GivenValue][] {
  return definitions.flatMap(({ name }) => {
    const attribute = new Option(`--${name}`).attributeName();
    const value: unknown = command.opts()[attribute];
    return isGiven(value) ? [[name, { origin: `--${name}`, value }] as [string, GivenValue]] : [];
  });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isGiven(value: unknown): value is GivenValue['value'] {
  return typeof value === 'string' || typeof value === 'number' || Array.isArray(value);
}

/** How the parser left: by our own error where a command's parser did. */
function endOf(error: unknown): CommanderError | undefined {
  const end = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return end instanceof CommanderError ? end : undefined;
}
