import type { CliOptions } from '../cli-options.js';
import type { CommandName } from '../line/command-definition.js';
import { commandDefinitions } from '../line/command-definitions.js';
import { commonOptions } from '../line/common-options.js';
import type { GivenValues } from '../line/values.js';
import { createPrinter } from '../render/printer.js';
import { commonSettings } from '../settings/common-settings.js';
import { withVariables } from '../settings/variables.js';
import type { CommandContext } from './command-context.js';
import { openDeploymentOf } from './open-deployment.js';

export interface GivenLine {
  readonly command: CommandName;
  readonly words: readonly string[];
  readonly values: GivenValues;
}

/** What a command works with, from its line and the variables. Throws HF_USAGE for a variable that is wrong. */
export function createContext(cli: CliOptions, line: GivenLine, signal: AbortSignal): CommandContext {
  const own = commandDefinitions.find(({ name }) => name === line.command)?.options ?? [];
  const values = withVariables(line.values, [...own, ...commonOptions], cli.environment);
  const settings = commonSettings(values, cli.workingDirectory);
  const printer = createPrinter(cli.streams, { ...settings, colors: (cli.environment['NO_COLOR'] ?? '') === '', clock: cli.clock });
  return { cli, printer, settings, values, words: line.words, signal, open: (opening) => openDeploymentOf(cli, settings, printer, opening) };
}
