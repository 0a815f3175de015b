import { type CheckpointRef, commandText, type Logger } from '@holdfast/core';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { CompleteRequest, RunEnvironment } from '../run/run-environment.js';
import { parseSnapshotMetadata, type SnapshotMetadata } from '../run/snapshot-metadata.js';

/** What of a request is the job's, and not its container's, once it goes on from a snapshot: the container's own command was never started. */
export type JobCommand = Pick<CompleteRequest, 'command' | 'workingDirectory'>;

/** Neither a log nor its reader gains by more. */
const longestCommand = 300;

export function commandOf({
  command: [program = '', ...words],
  workingDirectory,
}: Pick<SnapshotMetadata, 'command' | 'workingDirectory'>): JobCommand {
  return { command: [program, ...words], workingDirectory };
}

/** The same of a job that runs and whose newest snapshot is `from`; none where that cannot be read. Never rejects. */
export async function commandSince(
  { store, logger }: Pick<RunEnvironment, 'store'> & { readonly logger: Logger },
  from: CheckpointRef | undefined,
): Promise<JobCommand | undefined> {
  if (from === undefined) return undefined;
  try {
    await using reader = await store.open(from);
    return commandOf(parseSnapshotMetadata(reader.metadata, from.job, from.number));
  } catch (error) {
    logger.debug({ job: from.job, number: from.number, error: asHoldfastError(error).message }, 'a snapshot does not tell its job’s command');
    return undefined;
  }
}

/** For a container's log, where somebody might wait for what its own command does. */
export function notStarted(job: string, own: JobCommand, { command }: JobCommand): string | undefined {
  const [asked, runs] = [own, { command }].map((each) => commandText(each.command));
  if (asked === undefined || runs === undefined || asked === runs) return undefined;
  return `this container's own command, ${shortened(asked)}, is not started: job ${job} goes on with ${shortened(runs)}`;
}

function shortened(text: string): string {
  return text.length <= longestCommand ? text : `${text.slice(0, longestCommand)}…`;
}
