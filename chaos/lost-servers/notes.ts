import type { Operation } from '@holdfast/testkit/linearizability';
import type { LeaseAnswer, LeaseCall } from './lease-model.ts';
import type { RecordAnswer, RecordCall } from './record-model.ts';

/** What a writer or reader says of one call: when it was made, and when it was answered. A call without an answer may have done its work or not. */
export interface Note {
  readonly process: string;
  readonly job: string;
  /** Of the call, in its process. */
  readonly id: number;
  readonly at: number;
  readonly what: 'put' | 'get' | 'snapshot' | 'event' | 'attempt' | LeaseCall['kind'];
  /** That is written. */
  readonly version: number;
  /** Undefined in the call's own note. */
  readonly answer?: number;
  /** Of the lease that was answered; `answer` is then its holder's version. */
  readonly term?: number;
  /** In place of an answer, where the catalog said otherwise than that it does not answer. */
  readonly failure?: string;
}

/** Makes a call with a note before and after. */
export type Noted = (what: Note['what'], version: number, make: () => Promise<number | LeaseAnswer | void>) => Promise<void>;

/** Takes a note; it must be safe when this returns. */
export type TakeNote = (note: Note) => void;

/** The same clock for all processes of this machine. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The calls on the record of one job. */
export function recordHistory(notes: readonly Note[], job: string): readonly Operation<RecordCall, RecordAnswer>[] {
  const ofTheJob = notes.filter((note) => note.job === job);
  const answers = answersOf(ofTheJob);
  return ofTheJob.flatMap((note): Operation<RecordCall, RecordAnswer>[] => {
    if (note.answer !== undefined || (note.what !== 'put' && note.what !== 'get')) return [];
    const answered = answers.get(keyOf(note));
    // A read without an answer says nothing.
    if (note.what === 'get' && answered === undefined) return [];
    const call: RecordCall = note.what === 'put' ? { kind: 'put', version: note.version } : { kind: 'get' };
    return [{ process: note.process, call, calledAt: note.at, answer: answered?.answer, answeredAt: answered?.at }];
  });
}

/** The calls on the lease of one job. */
export function leaseHistory(notes: readonly Note[], job: string): readonly Operation<LeaseCall, LeaseAnswer>[] {
  const ofTheJob = notes.filter((note) => note.job === job);
  const answers = answersOf(ofTheJob);
  return ofTheJob.flatMap((note): Operation<LeaseCall, LeaseAnswer>[] => {
    const { what, version } = note;
    if (note.answer !== undefined || (what !== 'acquire' && what !== 'renew' && what !== 'release' && what !== 'current')) return [];
    const answered = answers.get(keyOf(note));
    const answer = answered?.answer === undefined ? undefined : { holder: answered.answer, term: answered.term ?? 0 };
    return [
      {
        process: note.process,
        call: what === 'current' ? { kind: what } : { kind: what, version },
        calledAt: note.at,
        answer,
        answeredAt: answered?.at,
      },
    ];
  });
}

/** Which versions were tried to be written, and which of them the catalog said are there. */
export function versions(
  notes: readonly Note[],
  job: string,
  what: Note['what'],
): { readonly tried: ReadonlySet<number>; readonly said: ReadonlySet<number> } {
  const these = notes.filter((note) => note.job === job && note.what === what);
  return {
    tried: new Set(these.map(({ version }) => version)),
    said: new Set(these.filter(({ answer }) => answer !== undefined).map(({ version }) => version)),
  };
}

function answersOf(notes: readonly Note[]): ReadonlyMap<string, Note> {
  return new Map(notes.filter(({ answer }) => answer !== undefined).map((note) => [keyOf(note), note]));
}

function keyOf({ process, id }: Note): string {
  return `${process} ${id}`;
}
