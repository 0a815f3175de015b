import { formatSize } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import { verifyText } from '../render/verify-text.js';
import type { CommandContext } from './command-context.js';
import { jobArgument } from './job-argument.js';

export async function verify({ printer, words, signal, open }: CommandContext): Promise<number> {
  const job = words.length === 0 ? undefined : jobArgument(words);
  await using opened = await open(signal);
  printer.progress('verifying …');
  let total = 0;
  const onProgress = (bytes: number): void => {
    total = Math.max(total, bytes);
    printer.progress(`verifying: ${formatSize(total)} read`);
  };
  const report = await opened.deployment.jobs.verify(job, { signal, onProgress }).finally(() => printer.progress(undefined));
  if (printer.json) printer.document(report);
  else printer.text(verifyText(report));
  return report.ok ? exitCodes.ok : exitCodes.no;
}
