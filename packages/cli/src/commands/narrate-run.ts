import type { RunEvent } from '@holdfast/engine';
import type { CliOptions } from '../cli-options.js';
import { eventMessage } from '../render/event-text.js';
import type { Printer } from '../render/printer.js';

/** Says each event of a run as it happens, those before the job starts too. */
export function narrateRun(printer: Printer, clock: CliOptions['clock']): (event: RunEvent) => void {
  return (event) => {
    const { weight, lines } = eventMessage(event, clock.now());
    // Scripts get every event at -q 0, also those that people see with --verbose only.
    if (printer.json) printer.line(weight === 'detail' ? 'word' : weight, event);
    else if (event.type === 'restore.started') printer.progress(`${lines.join(' ')} …`);
    else printer.say(weight, ...lines);
  };
}
