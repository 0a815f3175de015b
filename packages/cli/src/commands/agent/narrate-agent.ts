import type { RunEvent } from '@holdfast/engine';
import type { CliOptions } from '../../cli-options.js';
import { escapeText } from '../../render/escape-text.js';
import { eventMessage } from '../../render/event-text.js';
import type { Printer, Weight } from '../../render/printer.js';

/** Says each event of every container's run, with the name of its job. What comes each second is for --verbose alone: a log is no terminal. */
export function narrateAgent(printer: Printer, clock: Pick<CliOptions['clock'], 'now'>): (event: RunEvent) => void {
  return (event) => {
    const { weight: told, lines } = eventMessage(event, clock.now());
    const weight: Weight = event.type.endsWith('.progress') ? 'detail' : told;
    if (printer.json) return printer.line(weight === 'detail' ? 'word' : weight, event);
    const [first = '', ...rest] = lines;
    const name = `'${escapeText(event.job)}'`;
    printer.say(weight, first.includes(name) ? first : `job ${name}: ${first}`, ...rest);
  };
}
