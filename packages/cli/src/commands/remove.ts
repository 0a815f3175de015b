import { formatSize } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import { countText } from '../render/count-text.js';
import { isOn } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function remove({ printer, words, values, signal, open }: CommandContext): Promise<number> {
  const job = jobArgument(words);
  await using opened = await open(signal);
  const { warning, ...removed } = await opened.deployment.jobs.remove(job, { signal, force: isOn(values, 'force') });
  if (warning !== undefined) printer.say('warning', warning);
  if (printer.json) printer.document({ ...removed, warning });
  else
    printer.text(
      `'${job}' is gone: ${countText(removed.snapshots, 'snapshot')}, ${removed.freedBytes > 0 ? `${formatSize(removed.freedBytes)} freed` : 'it took no space'}\n`,
    );
  return exitCodes.ok;
}
