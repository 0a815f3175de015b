import { createInterface } from 'node:readline/promises';
import { HoldfastError } from '@holdfast/core/basics';
import type { CommandContext } from '../command-context.js';

export interface Confirmation {
  /** Who asks. */
  readonly line: string;
  /** What a no is answered with. */
  readonly refused: string;
}

/** Asks where somebody sits at a terminal; a script is not asked. False where the answer is not yes; the end of the input is a no. */
export async function confirm(
  { cli, printer, signal }: CommandContext,
  what: string,
  question: string,
  { line, refused }: Confirmation = { line: 'holdfast storage destroy', refused: 'nothing was removed' },
): Promise<boolean> {
  const { stderr } = cli.streams;
  if (!stderr.isTerminal) return true;
  // Its reader is a program, whatever its stderr is.
  if (printer.json) throw mustSayYes(line, question);
  stderr.write(`${what}holdfast: ${question} [y/N] `);
  const reader = createInterface({ input: cli.bytes.stdin() });
  const answer = await firstLine(reader, signal).finally(() => reader.close());
  if (/^y(?:es)?$/iu.test(answer.trim())) return true;
  printer.say('word', refused);
  return false;
}

async function firstLine(reader: AsyncIterable<string> & { close(): void }, signal: AbortSignal): Promise<string> {
  const stop = (): void => reader.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of reader) return line;
    return '';
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function mustSayYes(line: string, question: string): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `${line} asks on a terminal (${question}), and with --json it cannot`,
    hint: 'Add --yes',
    context: { command: line.split(' ')[1] ?? '' },
  });
}
