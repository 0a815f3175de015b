import type { ArgumentDefinition, Example, OptionDefinition } from './option-definition.js';

export type CommandName =
  | 'run'
  | 'list'
  | 'show'
  | 'verify'
  | 'snapshot'
  | 'stop'
  | 'agent'
  | 'install'
  | 'uninstall'
  | 'prune'
  | 'remove'
  | 'fork'
  | 'export'
  | 'import'
  | 'key'
  | 'catalog'
  | 'storage'
  | 'doctor'
  | 'completion'
  | '__complete';

export interface CommandDefinition {
  readonly name: CommandName;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What its own help says below the usage line. */
  readonly description: string;
  readonly arguments: readonly ArgumentDefinition[];
  /** Its own ones, beside the common ones. */
  readonly options: readonly OptionDefinition[];
  readonly examples: readonly Example[];
  /** From the first word that is no option on, everything belongs to the job. */
  readonly passesThrough?: boolean;
  readonly hidden?: boolean;
}
