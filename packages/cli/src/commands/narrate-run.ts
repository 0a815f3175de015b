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
  let newestSnapshot: number | undefined;
  return (event) => {
    if (event.type === 'job.resumed') newestSnapshot = event.snapshot;
    if (event.type === 'snapshot.committed') newestSnapshot = event.number;
    const { weight, lines: said } = eventMessage(event, clock.now());
    const lines = failedByItself(event) && newestSnapshot !== undefined ? [...said, wayBack(event.job, newestSnapshot)] : said;
    // Scripts get every event at -q 0, also those that people see with --verbose only.
    if (printer.json) printer.line(weight === 'detail' ? 'word' : weight, event);
    else if (isRepeated(event)) return;
    else if (event.type === 'restore.started') printer.atWork(`${lines.join(' ')} …`);
    else if (event.type === 'restore.progress') printer.atWork(lines.join(' '));
    else printer.say(weight, ...lines);
  };
}

function failedByItself(event: RunEvent): boolean {
  return event.type === 'job.exited' && event.byItself && event.exitCode !== 0;
}

/** Once the line is run again the snapshots are left behind, and no fork can be made of them. */
function wayBack(job: string, snapshot: number): string {
  return `  the same line begins it anew; to go on from snapshot ${snapshot} instead, first: holdfast fork ${job}@${snapshot} NEW`;
}
