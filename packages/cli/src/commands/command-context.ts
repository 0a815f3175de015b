import type { Deployment } from '@holdfast/engine';
import type { CliOptions } from '../cli-options.js';
import type { GivenValues } from '../line/values.js';
import type { Printer } from '../render/printer.js';
import type { CommonSettings } from '../settings/common-settings.js';

/** What a command works with. */
export interface CommandContext {
  readonly cli: CliOptions;
  readonly printer: Printer;
  readonly settings: CommonSettings;
  /** Values of the line and the variables. */
  readonly values: GivenValues;
  /** The words that are no options. */
  readonly words: readonly string[];
  /** Aborted by the first signal; `run` watches the signals itself. */
  readonly signal: AbortSignal;
  /** Opens the deployment that the settings describe. */
  readonly open: (signal: AbortSignal) => Promise<OpenedDeployment>;
}

export interface OpenedDeployment extends AsyncDisposable {
  readonly deployment: Deployment;
  /** Where the storage was named: nobody named it, by option or variable, in the configuration file. */
  readonly storageFrom: 'default' | 'line' | 'file';
  /** The directory of a local storage; undefined for other kinds. */
  readonly storageDirectory: string | undefined;
  /** Where the agent of this node listens. */
  readonly agentSocket: string;
  /** Variables that hold a password of Holdfast's, by the configuration. */
  readonly secretVariables: readonly string[];
}

/** Does it and gives the exit status. */
export type CommandAction = (context: CommandContext) => Promise<number>;
