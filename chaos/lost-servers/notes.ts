import type { Operation } from '@holdfast/testkit/linearizability';
import type { RecordAnswer, RecordCall } from './record-model.ts';

/** What a writer or reader says of one call: when it was made, and when it was answered. A call without an answer may have done its work or not. */
export interface Note {
  readonly process: string;
  readonly job: string;
  /** Of the call, in its process. */
  readonly id: number;
  readonly at: number;
  readonly what: 'put' | 'get' | 'snapshot' | 'event';
  /** That is written. */
  readonly version: number;
  /** Undefined in the call's own note. */
  readonly answer?: number;
  /** In place of an answer, where the catalog said otherwise than that it does not answer. */
  readonly failure?: string;
}

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
