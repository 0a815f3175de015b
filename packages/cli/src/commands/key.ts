import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import { exitCodes } from '../exit-codes.js';
import type { GivenValues } from '../line/values.js';
import { choiceOf, textOf } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';
import { writeNewKey } from './write-new-key.js';

export async function key(context: CommandContext): Promise<number> {
  const [action = '', file] = context.words;
  const values: GivenValues = new Map([['action', { origin: 'ACTION', value: action }]]);
  const path = file === undefined || file === '' ? undefined : resolve(context.cli.workingDirectory, file);
  return choiceOf(values, 'action', ['generate', 'change']) === 'generate' ? await generate(context, path) : await change(context, path);
}

async function generate({ printer, values }: CommandContext, file: string | undefined): Promise<number> {
  if (file === undefined) throw usage('key generate needs a FILE', 'holdfast key generate FILE');
  if (values.has('to-command')) throw usage('key generate takes no --to-command', 'It writes a key to FILE');
  await writeNewKey(file);
  if (printer.json) printer.document({ file });
  else printer.text(`${file} holds a new key. Keep a copy of it elsewhere: without it nobody can read the snapshots.\n`);
  return exitCodes.ok;
}

async function change({ printer, values, signal, open }: CommandContext, file: string | undefined): Promise<number> {
  const command = textOf(values, 'to-command');
  if (file !== undefined && command !== undefined) throw usage('FILE and --to-command exclude each other', 'Give one of them');
  if (file === undefined && command === undefined) throw usage('key change needs the new key', 'holdfast key change FILE, or --to-command CMD');
  await using opened = await open(signal);
  const to = file === undefined ? { command: ['/bin/sh', '-c', command ?? ''] as const } : { file };
  const { changed } = await opened.deployment.changeKey(to, { signal });
  if (printer.json) printer.document({ changed });
  else
    printer.text(
      changed
        ? 'The repository has the new key: name it from now on, and keep a copy of repository.json.\n'
        : 'The repository has this key already.\n',
    );
  return exitCodes.ok;
}

function usage(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message, hint });
}
