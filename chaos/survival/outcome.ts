import {
  differences,
  type MemoryWays,
  memoryWays,
  type ReportedEvent,
  type Survived,
  numberField,
  textField,
  type Victim,
} from '@holdfast/testkit/victims';
import { isKnownToFail } from './programs.ts';

export interface Outcome {
  readonly name: string;
  readonly about: string;
  /** The packages and their versions. */
  readonly versions: string;
  readonly interruptions: number;
  readonly verdict: 'survived' | 'refused' | 'failed' | 'missing';
  /** Why it did not survive, in the words of Holdfast where it said something. */
  readonly reason: string | undefined;
  readonly snapshots: number;
  readonly memory: MemoryWays;
  /** Of the snapshots that were told; machines that are shared make it long. */
  readonly medianFreezeMs: number | undefined;
  readonly largestMiB: number | undefined;
  readonly seconds: number;
  readonly folder: string | undefined;
}

/** `wanted`: how often its machine was to be lost. */
export async function outcomeOf(program: Victim, versions: string, survived: Survived, wanted: number, seconds: number): Promise<Outcome> {
  const reason = reasonOf(survived, wanted);
  const committed = survived.events.filter(({ type }) => type === 'snapshot.committed');
  const freezes = committed.flatMap((event) => numberField(event, 'freezeMs') ?? []).sort((a, b) => a - b);
  const sizes = committed.flatMap((event) => numberField(event, 'logicalBytes') ?? []);
  return {
    name: program.name,
    about: program.about,
    versions,
    interruptions: survived.interruptions,
    verdict: reason === undefined ? 'survived' : (await isKnownToFail(program)) ? 'refused' : 'failed',
    reason,
    snapshots: committed.length,
    memory: memoryWays(survived.events),
    medianFreezeMs: freezes[Math.floor(freezes.length / 2)],
    largestMiB: sizes.length === 0 ? undefined : Math.ceil(Math.max(...sizes) / 1_048_576),
    seconds: Math.round(seconds),
    folder: reason === undefined ? undefined : survived.folder,
  };
}

/** As one that was not run to its end. */
export function withoutEnd(program: Victim, versions: string, verdict: 'missing' | 'failed', reason: string, seconds = 0): Outcome {
  return {
    name: program.name,
    about: program.about,
    versions,
    interruptions: 0,
    verdict,
    reason,
    snapshots: 0,
    memory: memoryWays([]),
    medianFreezeMs: undefined,
    largestMiB: undefined,
    seconds: Math.round(seconds),
    folder: undefined,
  };
}

function reasonOf({ events, status, interruptions, resumes, expected, found }: Survived, wanted: number): string | undefined {
  const said = lastWords(events);
  const differ = differences(expected, found);
  const older = resumes.find(({ told, from }) => from !== undefined && from < told);
  if (status !== 0) return `${status === undefined ? 'it had not ended by its deadline' : `ended with status ${status}`}${said}`;
  if (interruptions < wanted && said === '')
    return `it ended before it was interrupted more than ${interruptions} times: a larger --scale gives it more to do`;
  if (interruptions < wanted) return `could be interrupted ${interruptions} times, not ${wanted}${said}`;
  if (differ.length > 0) return `its output differs: ${differ.join('; ')}${said}`;
  if (older !== undefined) return `went on from snapshot ${older.from}, although ${older.told} was committed${said}`;
  return undefined;
}

/** The last that Holdfast said went wrong. */
function lastWords(events: readonly ReportedEvent[]): string {
  const wrong = ['snapshot.failed', 'restore.failed', 'error', 'job.obstacle', 'container.unprotected'];
  const last = events.findLast(({ type }) => wrong.includes(type));
  if (last === undefined) return '';
  const error = last['error'];
  const { code, message } =
    typeof error === 'object' && error !== null
      ? { code: undefined, message: undefined, ...error }
      : { code: textField(last, 'code'), message: textField(last, 'message') };
  return `; Holdfast said: ${[code, message].filter((word) => word !== undefined).join(' ')}`;
}
