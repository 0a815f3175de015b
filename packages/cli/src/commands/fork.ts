import { HoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import { parseSnapshotWord } from '../settings/snapshot-word.js';
import type { CommandContext } from './command-context.js';

export async function fork({ printer, words, signal, open }: CommandContext): Promise<number> {
  const [source = '', to = ''] = words;
  const { job, number } = parseSnapshotWord(source, 'JOB[@N]');
  if (to === '')
    throw new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message: 'the name of the new job is empty', hint: `holdfast fork ${job} NEW` });
  await using opened = await open(signal);
  const { warning, ...forked } = await opened.deployment.jobs.fork(job, { to, number }, { signal });
  if (warning !== undefined) printer.say('warning', warning);
  if (printer.json) printer.document({ ...forked, warning });
  else
    printer.text(
      `'${to}' goes on from snapshot ${forked.from.number} of '${job}', which is its own snapshot ${forked.number}: holdfast run --job ${to} -- …\n`,
    );
  return exitCodes.ok;
}
