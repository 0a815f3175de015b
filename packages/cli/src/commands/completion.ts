import { completionScripts } from '../completion/scripts.js';
import { exitCodes } from '../exit-codes.js';
import type { GivenValues } from '../line/values.js';
import { choiceOf } from '../settings/read-values.js';
import type { CommandContext } from './command-context.js';

export async function completion({ printer, words }: CommandContext): Promise<number> {
  const values: GivenValues = new Map([['shell', { origin: 'the shell', value: words[0] ?? '' }]]);
  const shell = choiceOf(values, 'shell', ['bash', 'zsh', 'fish']);
  if (shell !== undefined) printer.text(completionScripts[shell]);
  return exitCodes.ok;
}
