import { type ErrorCode, HoldfastError } from '@holdfast/core';
import { failureCauses } from './failure-cause.js';

export interface NamedFailureOptions {
  readonly code: ErrorCode;
  readonly operation: 'start' | 'dump' | 'restore';
  /** CRIU's log and runc's, as far as they were read. */
  readonly log: string;
  readonly exitCode: number | undefined;
  /** Folder where the whole log lies. */
  readonly logFolder: string;
}

const keptLines = 20;

/** What runc and CRIU wrote, turned into an error that names the cause. What nobody foresaw keeps CRIU's own first words. */
export function namedFailure({ code, operation, log, exitCode, logFolder }: NamedFailureOptions): HoldfastError {
  const complaints = complaintsOf(log);
  for (const { pattern, message, hint, kind } of failureCauses) {
    const match = pattern.exec(complaints);
    if (match === null) continue;
    const told = message.replaceAll(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? 'a file');
    return new HoldfastError(code, { message: `${title(operation)}: ${told}`, kind, operation, hint, context: { said: match[0], logFolder } });
  }
  const said = complaints.split('\n').slice(0, 3).map(plainWords).join('; ') || `runc ended with ${exitCode ?? 'a signal'} and said nothing`;
  return new HoldfastError(code, {
    message: `${title(operation)}: ${said}`,
    kind: 'unexpected',
    operation,
    context: { logFolder },
    cause: endOf(log),
    hint: `${wayToTheLog[operation]}; docs/container.md tells what a job may hold (Limits)`,
  });
}

/** Where the snapshot fails the job runs, so that its line cannot be run. */
const wayToTheLog = {
  start: 'run the same line with --verbose: it prints the end of the log',
  dump: 'the next snapshot is tried by itself; holdfast run --verbose prints the end of the log of each that fails',
  restore: 'run the same line with --verbose: it prints the end of the log',
} as const;

/** runc writes its log as JSON; what is none is told as it is. */
function plainWords(line: string): string {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'msg' in entry && typeof entry.msg === 'string' ? entry.msg : line;
  } catch {
    return line;
  }
}

/** The last lines, where whoever looks into it begins. */
function endOf(log: string): Error | undefined {
  const lines = log.trimEnd().split('\n').slice(-keptLines);
  if (lines.join('') === '') return undefined;
  const cause = new Error(`the end of the log of runc and CRIU:\n${lines.join('\n')}`);
  // Where this was made tells nothing.
  cause.stack = cause.message;
  return cause;
}

/** Errors first, in their order; then the warnings: CRIU tells some causes as such. */
export function complaintsOf(log: string): string {
  const lines = log.split('\n');
  const errors = lines.filter(
    (line) => /Error \(|"level":"error"|level=error|level=fatal/.test(line) && !/for self: Operation not permitted/.test(line),
  );
  const warnings = lines.filter((line) => /Warn {2}\(/.test(line));
  return [...errors, ...warnings].join('\n');
}

function title(operation: NamedFailureOptions['operation']): string {
  return { start: 'the job could not be started', dump: 'the snapshot failed', restore: 'the snapshot could not be resumed' }[operation];
}
