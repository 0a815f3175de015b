import type { Run } from '@holdfast/engine';
import type { CliOptions } from '../cli-options.js';
import { eventMessage } from '../render/event-text.js';
import type { Printer } from '../render/printer.js';

/** Says each event of the run, until its last. */
export async function narrateRun(run: Run, printer: Printer, clock: CliOptions['clock']): Promise<void> {
  for await (const event of run.events()) {
    const { weight, lines } = eventMessage(event, clock.now());
    // Scripts get every event at -q 0, also those that people see with --verbose only.
    if (printer.json) printer.line(weight === 'detail' ? 'word' : weight, event);
    else printer.say(weight, ...lines);
  }
}
