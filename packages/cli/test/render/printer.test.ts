import { expect, test } from 'vitest';
import { createPrinter, type PrinterOptions } from '../../src/render/printer.js';

function printerOn(terminal: boolean, options: Partial<PrinterOptions> = {}) {
  let written = '';
  let now = 0;
  const stream = { write: (text: string) => void (written += text), isTerminal: terminal, columns: 30 };
  const printer = createPrinter(
    { stdout: stream, stderr: stream },
    { json: false, quiet: 0, verbose: false, colors: true, clock: { monotonicMs: () => now }, ...options },
  );
  const later = (ms: number) => void (now += ms);
  return { printer, written: () => written, later };
}

test('colours on a terminal only, and not where NO_COLOR is set', () => {
  const coloured = printerOn(true);
  coloured.printer.say('warning', 'careful');
  expect(coloured.written()).toContain('\u001B[33mcareful');
  for (const plain of [printerOn(false), printerOn(true, { colors: false })]) {
    plain.printer.say('warning', 'careful');
    expect(plain.written()).toBe('holdfast: careful\n');
  }
});

test('the progress line is cut to the width and taken away before the next message', () => {
  const { printer, written } = printerOn(true, { colors: false });
  printer.progress('x'.repeat(100));
  printer.say('word', 'done');
  expect(written()).toBe(`holdfast: ${'x'.repeat(19)}\r\u001B[2Kholdfast: done\n`);
});

test('progress is drawn ten times a second at most', () => {
  const { printer, written, later } = printerOn(true, { colors: false });
  printer.progress('1');
  later(99);
  printer.progress('2');
  later(1);
  printer.progress('3');
  expect(written()).toBe('holdfast: 1\r\u001B[2Kholdfast: 3');
});

test('what happens inside is said with --verbose, as text or as a JSON line', () => {
  const silent = printerOn(false);
  silent.printer.logger.info({ a: 1 }, 'attached');
  expect(silent.written()).toBe('');
  const text = printerOn(false, { verbose: true });
  text.printer.logger.info({ a: 1 }, 'attached');
  expect(text.written()).toBe('holdfast: info: attached {"a":1}\n');
  const json = printerOn(false, { verbose: true, json: true });
  json.printer.logger.warn({ a: undefined }, 'attached');
  expect(json.written()).toBe('{"type":"log","level":"warn","message":"attached","a":null}\n');
});
