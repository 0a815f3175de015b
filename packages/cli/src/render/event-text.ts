import type { SnapshotSource } from '@holdfast/core';
import { formatSize } from '@holdfast/core/basics';
import type { RunEvent } from '@holdfast/engine';
import { countText } from './count-text.js';
import { errorLines } from './error-text.js';
import { escapeText } from './escape-text.js';
import { freedText } from './freed-text.js';
import type { Weight } from './printer.js';
import { snapshotText } from './snapshot-text.js';
import { spanText, timeText } from './times.js';

export interface EventMessage {
  readonly weight: Weight;
  readonly lines: readonly string[];
}

type Messages = { readonly [Type in RunEvent['type']]: (event: Extract<RunEvent, { type: Type }>, now: Date) => EventMessage };

/** What is said of an event of a run. */
export function eventMessage<Type extends RunEvent['type']>(event: Extract<RunEvent, { type: Type }>, now: Date): EventMessage {
  const type: Type = event.type;
  const message: Messages[Type] = messages[type];
  return message(event, now);
}

const messages: Messages = {
  'attempt.started': ({ attempt, epoch, resuming }) =>
    detail(`attempt ${attempt} has epoch ${epoch}${resuming === undefined ? '' : ` and resumes snapshot ${resuming}`}`),
  'leftovers.ended': ({ deadAttempt }) => word(`ended what was left of attempt ${deadAttempt}, which died here`),
  'job.started': ({ job }) => word(`started job '${job}'`),
  'job.resumed': ({ job, snapshot, forkedFrom, restoreMs, restoredFiles, restoredBytes, missingBytes }) =>
    word(
      `resumed job '${job}' from ${snapshotName(snapshot, forkedFrom)} in ${spanText(restoreMs)} (${countText(restoredFiles, 'file')}, ${formatSize(restoredBytes)})${missingBytes === undefined ? '' : `; ${formatSize(missingBytes)} of its memory are still to come`}`,
    ),
  'restore.started': ({ job, snapshot, forkedFrom, takenAt, logicalBytes }, now) =>
    detail(`bringing job '${job}' back from ${snapshotName(snapshot, forkedFrom)} of ${timeText(takenAt, now)} (${formatSize(logicalBytes)})`),
  'resume.eager': ({ snapshot, reason }) => word(`snapshot ${snapshot} cannot be resumed lazily: ${reason}`),
  'resume.pages': ({ bytes, totalBytes, bytesPerSecond }) =>
    word(`bringing the rest of the memory: ${formatSize(bytes)} of ${formatSize(totalBytes)}, ${formatSize(bytesPerSecond)}/s`),
  'resume.whole': ({ bytes, durationMs }) => detail(`all memory is there: ${formatSize(bytes)} in ${spanText(durationMs)}`),
  'snapshot.waits': ({ reason, missingBytes }) =>
    word(`the snapshot (${reason}) waits until all memory of the resumed job is there: ${formatSize(missingBytes)} are missing`),
  'restore.progress': ({ job, bytes, totalBytes, bytesPerSecond }) =>
    word(`bringing job '${job}' back: ${formatSize(bytes)} of ${formatSize(totalBytes)}, ${formatSize(bytesPerSecond)}/s`),
  'files.moved': ({ count, folder }) => word(`${countText(count, 'file')} changed since the snapshot: moved to ${escapeText(folder)}`),
  'output.repeats': ({ snapshot, forkedFrom, sinceSnapshotAt }, now) =>
    word(`${snapshotName(snapshot, forkedFrom)} is of ${timeText(sinceSnapshotAt, now)}: what the job printed since then may come again`),
  'restore.failed': ({ snapshot, message, next, code }) =>
    warning(`snapshot ${snapshot} cannot be restored: ${escapeText(message)}`, `  next: ${nextStep[next]}`, codeLine(code)),
  'job.obstacle': ({ message, hint }) => warning(escapeText(message), `  remedy: ${hint}`),
  'snapshot.started': ({ reason }) => detail(`snapshot started (${reason})`),
  'snapshot.progress': ({ bytes, totalBytes, bytesPerSecond }) =>
    word(`storing the snapshot: ${formatSize(bytes)} of ${formatSize(totalBytes)}, ${formatSize(bytesPerSecond)}/s`),
  'snapshot.committed': (event) => word(`snapshot ${event.number}: ${snapshotText(event)}${withoutTwin(event.twinRefused)}${unreadText(event)}`),
  'snapshot.without-twin': ({ reason, message }) => detail(`the snapshot is taken once more, by a plain dump (${reason}): ${escapeText(message)}`),
  // Of a last snapshot the end of the run tells why.
  'snapshot.failed': (event) =>
    event.reason === 'stop'
      ? warning('the last snapshot failed: ending the job without it')
      : warning(`a snapshot failed, the job goes on: ${escapeText(event.message)}`, ...errorLines(event).slice(1)),
  'snapshot.delayed': ({ lateMs }) => word(`the snapshot before took longer than the interval: the next one is ${spanText(lateMs)} late`),
  'snapshots.pruned': ({ numbers, freedBytes }) =>
    detail(`removed ${numbers.length === 1 ? 'snapshot' : 'snapshots'} ${numbers.join(', ')}: ${freedText(freedBytes)}`),
  'catalog.unavailable': ({ message }) => warning(`the catalog does not answer, the job and its snapshots go on: ${escapeText(message)}`),
  'catalog.recovered': () => word('the catalog answers again'),
  'attempt.fenced': ({ message }) => warning(`another attempt owns the job, this one ends it here: ${escapeText(message)}`),
  warning: (event) => warning(...errorLines(event)),
  'job.exited': ({ job, exitCode, signal }) =>
    word(signal === undefined ? `job '${job}' ended with status ${exitCode}` : `job '${job}' was ended by signal ${signal}`),
  'job.released': ({ job }) => word(`the machine did not go away: job '${job}' runs on`),
  'job.stopped': ({ job, snapshot }) =>
    word(
      snapshot === undefined
        ? `stopped job '${job}', which has no snapshot: the same line run again starts it anew`
        : `stopped job '${job}' after snapshot ${snapshot}: the same line run again resumes it`,
    ),
};

/** The first snapshot of a fork has two names. */
function snapshotName(number: number, forkedFrom: SnapshotSource | undefined): string {
  return forkedFrom === undefined ? `snapshot ${number}` : `snapshot ${number} (which is snapshot ${forkedFrom.number} of '${forkedFrom.job}')`;
}

/** What was asked for is no news. */
function withoutTwin(reason: string | undefined): string {
  return reason === undefined || reason === 'off' || reason === 'stays-frozen' ? '' : `; not by twin (${escapeText(reason)})`;
}

/** What the setting `job.keepTwin` was worth. */
function unreadText({ changedFrom, unreadBytes, keptTwinRefused }: Extract<RunEvent, { type: 'snapshot.committed' }>): string {
  if (changedFrom !== undefined) return `; ${formatSize(unreadBytes ?? 0)} not read, as in snapshot ${changedFrom}`;
  return keptTwinRefused === undefined ? '' : `; all memory read, no twin was kept (${escapeText(keptTwinRefused)})`;
}

const nextStep = { older: 'the snapshot before it', fresh: 'the job starts anew', fail: 'nothing; the job is not started' } as const;

function codeLine(code: string): string {
  return `  code: ${code}  (docs/errors.md#${code.toLowerCase()})`;
}

function detail(...lines: readonly string[]): EventMessage {
  return { weight: 'detail', lines };
}

function word(...lines: readonly string[]): EventMessage {
  return { weight: 'word', lines };
}

function warning(...lines: readonly string[]): EventMessage {
  return { weight: 'warning', lines };
}
