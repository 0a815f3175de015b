import { resolve } from 'node:path';
import { formatSize, HoldfastError } from '@holdfast/core/basics';
import type { ImportReport } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import { commandText, escapeText } from '../render/escape-text.js';
import { textOf } from '../settings/read-values.js';
import { archiveArgument, isStream } from './archive-argument.js';
import type { CommandContext } from './command-context.js';
import { provisionStorage } from './provision-storage.js';

export async function importArchive({ cli, printer, words: [given = ''], values, signal, open }: CommandContext): Promise<number> {
  const file = archiveArgument(given);
  const job = textOf(values, 'job');
  if (job === undefined) throw noName(file);
  await using opened = await open(signal);
  await provisionStorage(opened, signal);
  printer.progress(`importing '${job}' …`);
  const onProgress = (bytes: number, totalBytes: number): void =>
    printer.progress(`importing '${job}': ${formatSize(bytes)} of ${formatSize(totalBytes)}`);
  const report = await opened.deployment.jobs
    .import(isStream(file) ? cli.bytes.stdin() : resolve(cli.workingDirectory, file), job, { signal, onProgress })
    .finally(() => printer.progress(undefined));
  if (printer.json) printer.document(report);
  else printer.text(sentences(report));
  return exitCodes.ok;
}

function sentences({ job, number, source, logicalBytes, storedBytes, command, workingDirectory }: ImportReport): string {
  const from = `snapshot ${source.number} of '${escapeText(source.job)}', taken ${escapeText(source.createdAt)}`;
  const sizes = `${formatSize(logicalBytes)}, ${formatSize(storedBytes)} added`;
  const line = `holdfast run --job ${job} -- ${commandText(command)}`;
  return `snapshot ${number} of '${job}': ${from} (${sizes})\nresume it in ${escapeText(workingDirectory)}: ${line}\n`;
}

function noName(file: string): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: 'import makes a new job, so it must be told its name',
    hint: `holdfast import ${file} --job NAME`,
    context: { command: 'import' },
  });
}
