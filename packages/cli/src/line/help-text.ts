import type { CommandDefinition } from './command-definition.js';

export const programHelp = `
Options may stand before or after the command; the name in brackets is the
variable of the same meaning. An option wins over its variable, that over the
configuration file, that over the default.

Examples:
  holdfast run -- ./train.sh       run a job; the same line again resumes it
  holdfast list                    what ran and what would resume
  holdfast doctor                  what this machine lacks
`;

export function commandHelp(definition: CommandDefinition): string {
  if (definition.examples.length === 0) return '';
  const lines = definition.examples.map(({ line, meaning }) => `  ${line}\n      ${meaning}`);
  return `\nExamples:\n${lines.join('\n')}\n`;
}
