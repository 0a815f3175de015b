import type { Clock, HoldfastError, Logger } from '@holdfast/core';
import picocolors from 'picocolors';
import { errorDocument, errorLines } from './error-text.js';
import { escapeText } from './escape-text.js';
import { jsonText } from './json.js';
import type { OutputStream, Streams } from './streams.js';

/** How much a message matters: `detail` needs --verbose, `word` goes with -q, `warning` with -qq. */
export type Weight = 'detail' | 'word' | 'warning';

export interface PrinterOptions {
  readonly json: boolean;
  /** 0: everything; 1: warnings and errors; 2: nothing. */
  readonly quiet: number;
  readonly verbose: boolean;
  /** False where NO_COLOR asks for it; a stream that is no terminal gets no colours anyway. */
  readonly colors: boolean;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Writes Holdfast's own words. Nothing but `document` and `text` writes to stdout. */
export interface Printer {
  readonly json: boolean;
  /** Lines on stderr; the first one after `holdfast: `. Nothing with --json. */
  say(weight: Weight, ...lines: readonly string[]): void;
  /** A JSON line on stderr. */
  line(weight: Weight, value: unknown): void;
  fail(error: HoldfastError, where: 'stdout' | 'stderr'): void;
  /** The answer for scripts: one JSON document on stdout. */
  document(value: unknown): void;
  /** The answer for people on stdout; with -qq not even that. */
  text(text: string): void;
  /** One line that is drawn over until the next message; only on a terminal. Undefined takes it away. */
  progress(text: string | undefined): void;
  /** The same, and where there is no terminal a line of its own, of which the first is said at once and others every ten seconds at most. */
  atWork(text: string): void;
  readonly logger: Logger;
}

/** Where a terminal does not tell its width. */
const narrowest = 80;
const redrawEveryMs = 100;
const sayAgainEveryMs = 10_000;

export function createPrinter(streams: Streams, options: PrinterOptions): Printer {
  const { stdout, stderr } = streams;
  const paint = picocolors.createColors(options.colors && stderr.isTerminal);
  const shows = (weight: Weight): boolean =>
    weight === 'detail' ? options.verbose && options.quiet === 0 : options.quiet < (weight === 'word' ? 1 : 2);
  let drawn = false;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const write = (stream: OutputStream, text: string): void => {
    if (drawn) stderr.write('\r\u001B[2K');
    drawn = false;
    if (text !== '') stream.write(text);
  };
  const say = (weight: Weight, lines: readonly string[], color: (text: string) => string): void => {
    const [first = '', ...rest] = lines;
    if (!options.json && shows(weight)) write(stderr, [`${paint.dim('holdfast:')} ${color(first)}`, ...rest, ''].join('\n'));
  };
  const draw = (text: string | undefined): void => {
    if (!stderr.isTerminal || options.json || options.quiet > 0) return;
    if (text !== undefined && drawn && options.clock.monotonicMs() - drawnAtMs < redrawEveryMs) return;
    write(stderr, '');
    if (text === undefined) return;
    drawnAtMs = options.clock.monotonicMs();
    stderr.write(`holdfast: ${text}`.slice(0, (stderr.columns ?? narrowest) - 1));
    drawn = true;
  };
  const log = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    if (options.json) return shows('detail') ? write(stderr, `${jsonText({ type: 'log', level, message, ...fields })}\n`) : undefined;
    say('detail', [escapeText(`${level}: ${message}${Object.keys(fields).length === 0 ? '' : ` ${jsonText(fields)}`}`)], paint.dim);
  };
  return {
    json: options.json,
    say: (weight, ...lines) => say(weight, lines, weight === 'warning' ? paint.yellow : weight === 'detail' ? paint.dim : String),
    line: (weight, value) => shows(weight) && write(stderr, `${jsonText(value)}\n`),
    fail: (error, where) => {
      if (options.json) {
        if (where === 'stdout' || shows('warning')) write(streams[where], `${jsonText(errorDocument(error))}\n`);
      } else say('warning', errorLines(error), paint.red);
    },
    document: (value) => write(stdout, `${jsonText(value)}\n`),
    text: (text) => options.quiet < 2 && write(stdout, text),
    progress: draw,
    atWork: (text) => {
      if (stderr.isTerminal) return draw(text);
      if (options.clock.monotonicMs() - saidAtMs < sayAgainEveryMs) return;
      saidAtMs = options.clock.monotonicMs();
      say('word', [text], String);
    },
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  };
}
