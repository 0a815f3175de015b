import { HoldfastError } from '@holdfast/core/basics';
import type { GivenValues } from '../../line/values.js';
import { choiceOf } from '../../settings/read-values.js';
import type { CommandContext } from '../command-context.js';

const actions = {
  rebuild: async (context: CommandContext) => (await import('./rebuild.js')).rebuild(context),
  provision: async (context: CommandContext) => (await import('./provision.js')).provision(context),
  deprovision: async (context: CommandContext) => (await import('./deprovision.js')).deprovision(context),
} as const;

export async function catalog(context: CommandContext): Promise<number> {
  const [action = '', file] = context.words;
  const values: GivenValues = new Map([['action', { origin: 'ACTION', value: action }]]);
  const name = choiceOf(values, 'action', ['rebuild', 'provision', 'deprovision']) ?? 'rebuild';
  if (name === 'rebuild' && file !== undefined) throw usage('catalog rebuild takes no FILE', 'Leave it out: holdfast catalog rebuild');
  const option = ['yes', 'dry-run'].find((known) => context.values.has(known));
  if (name === 'rebuild' && option !== undefined) throw usage(`--${option} does not belong to catalog rebuild`, 'Leave it out');
  return await actions[name](context);
}

function usage(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message, hint, context: { command: 'catalog' } });
}
