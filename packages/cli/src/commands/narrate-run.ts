import type { RunEvent } from '@holdfast/engine';
import type { CliOptions } from '../cli-options.js';
import { eventMessage } from '../render/event-text.js';
import type { Printer } from '../render/printer.js';

/** Where the interval is shorter than a snapshot, nearly each one is late. */
const delayedAgainAfterMs = 600_000;

/** Says each event of a run as it happens, those before the job starts too. */
export function narrateRun(printer: Printer, clock: CliOptions['clock']): (event: RunEvent) => void {
  let delayedSaidAtMs: number | undefined;
  const isRepeated = (event: RunEvent): boolean => {
    if (event.type !== 'snapshot.delayed') return false;
    const nowMs = clock.monotonicMs();
    if (delayedSaidAtMs !== undefined && nowMs - delayedSaidAtMs < delayedAgainAfterMs) return true;
    delayedSaidAtMs = nowMs;
    return false;
  };
  return (event) => {
    const { weight, lines } = eventMessage(event, clock.now());
    // Scripts get every event at -q 0, also those that people see with --verbose only.
    if (printer.json) printer.line(weight === 'detail' ? 'word' : weight, event);
    else if (isRepeated(event)) return;
    else if (event.type === 'restore.started') printer.progress(`${lines.join(' ')} …`);
    else if (event.type === 'restore.progress') printer.progress(lines.join(' '));
    else printer.say(weight, ...lines);
  };
}
