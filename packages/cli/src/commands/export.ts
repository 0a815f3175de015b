import { resolve } from 'node:path';
import { formatSize, HoldfastError } from '@holdfast/core/basics';
import type { ExportReport } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import { escapeText } from '../render/escape-text.js';
import { parseSnapshotWord } from '../settings/snapshot-word.js';
import { archiveArgument, isStream } from './archive-argument.js';
import type { CommandContext } from './command-context.js';

/** Where the archive goes to stdout, the answer goes to stderr. */
export async function exportArchive({ cli, printer, words: [name = '', given = ''], signal, open }: CommandContext): Promise<number> {
  const { job, number } = parseSnapshotWord(name, 'JOB[@N]');
  const file = archiveArgument(given);
  const toStream = isStream(file);
  if (toStream && cli.streams.stdout.isTerminal) throw onTerminal(job);
  await using opened = await open(signal);
  printer.progress(`exporting '${job}' …`);
  const onProgress = (bytes: number, totalBytes: number): void =>
    printer.progress(`exporting '${job}': ${formatSize(bytes)} of ${formatSize(totalBytes)}`);
  const report = await opened.deployment.jobs
    .export(job, toStream ? cli.bytes.stdout() : resolve(cli.workingDirectory, file), { number, signal, onProgress })
    .finally(() => printer.progress(undefined));
  const said = sentence(report, toStream ? undefined : file);
  if (printer.json && toStream) printer.line('word', report);
  else if (printer.json) printer.document(report);
  else if (toStream) printer.say('word', said);
  else printer.text(`${said}\n`);
  return exitCodes.ok;
}

function sentence({ job, number, archiveBytes }: ExportReport, file: string | undefined): string {
  return `snapshot ${number} of '${job}': ${formatSize(archiveBytes)} written${file === undefined ? '' : ` to ${escapeText(file)}`}`;
}

function onTerminal(job: string): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: 'an archive is not for a terminal',
    hint: `holdfast export ${job} - > ${job}.tar, or name the file: holdfast export ${job} ${job}.tar`,
    context: { command: 'export' },
  });
}
