import type { RebuildReport } from '@holdfast/engine';
import { exitCodes } from '../../exit-codes.js';
import { countText } from '../../render/count-text.js';
import { escapeText } from '../../render/escape-text.js';
import type { CommandContext } from '../command-context.js';

export async function rebuild({ printer, signal, open }: CommandContext): Promise<number> {
  await using opened = await open(signal);
  const report = await opened.deployment.catalog.rebuild({
    signal,
    onProgress: ({ done, total }) => printer.progress(`${done} of ${countText(total, 'job')} …`),
  });
  printer.progress(undefined);
  for (const { job, problem } of report.problems) printer.say('warning', `'${job}' was left out: ${problem}`);
  if (printer.json) printer.document(report);
  else printer.text(rebuildText(report));
  return report.problems.length === 0 ? exitCodes.ok : exitCodes.no;
}

function rebuildText({ jobs, attempts, snapshots, removed }: RebuildReport): string {
  const counts = [countText(jobs, 'job'), countText(attempts, 'attempt'), countText(snapshots, 'snapshot')].join(', ');
  const gone = removed.length === 0 ? '' : `; removed, since the storage has them no more: ${removed.map(escapeText).join(', ')}`;
  return `the catalog has ${counts} of this storage${gone}\n`;
}
