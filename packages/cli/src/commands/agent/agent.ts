import { HoldfastError } from '@holdfast/core/basics';
import type { CommandContext } from '../command-context.js';
import { serve } from './serve.js';
import { status } from './status.js';

export async function agent(context: CommandContext): Promise<number> {
  const [action] = context.words;
  if (action === undefined) return serve(context);
  if (action === 'status') return status(context);
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `holdfast agent knows nothing of '${action}'`,
    hint: 'Write holdfast agent status, or holdfast agent alone, which serves',
    context: { command: 'agent' },
  });
}
