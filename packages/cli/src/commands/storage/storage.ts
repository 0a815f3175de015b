import { HoldfastError } from '@holdfast/core/basics';
import type { GivenValues } from '../../line/values.js';
import { choiceOf } from '../../settings/read-values.js';
import type { CommandContext, OpenedDeployment } from '../command-context.js';
import { attach } from './attach.js';
import { destroy } from './destroy.js';
import { detach } from './detach.js';
import { namingInterruption, type StorageAction } from './interrupted.js';
import { plan } from './plan.js';
import { provision } from './provision.js';
import { status } from './status.js';

type Action = (opened: OpenedDeployment, context: CommandContext) => Promise<number>;

const actions = {
  plan,
  provision,
  attach,
  status,
  detach,
  destroy,
} satisfies Readonly<Record<StorageAction, Action>>;

const names = ['plan', 'provision', 'attach', 'status', 'detach', 'destroy'] as const satisfies readonly StorageAction[];

export async function storage(context: CommandContext): Promise<number> {
  const given: GivenValues = new Map([['action', { origin: 'ACTION', value: context.words[0] ?? '' }]]);
  const name = choiceOf(given, 'action', names) ?? 'status';
  if (name !== 'destroy') refuseOptions(name, context.values);
  await using opened = await context.open(context.signal);
  try {
    return await actions[name](opened, context);
  } catch (error) {
    throw namingInterruption(name, opened.deployment.storage.name, error);
  }
}

function refuseOptions(name: string, values: GivenValues): void {
  const option = ['force', 'yes'].find((known) => values.has(known));
  if (option === undefined) return;
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `--${option} belongs to holdfast storage destroy, not to ${name}`,
    hint: `Leave it out: holdfast storage ${name}`,
    context: { command: 'storage' },
  });
}
