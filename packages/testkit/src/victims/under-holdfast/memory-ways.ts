import { countTexts, memoryNotes } from './memory-notes.js';
import { numberField, type ReportedEvent } from './reported-event.js';

/** What the memory of a program's snapshots was read from, and how it came back. */
export interface MemoryWays {
  /** Snapshots that were read from a twin. */
  readonly byTwin: number;
  readonly resumes: number;
  /** Resumes that ran before all of their memory was there. */
  readonly lazily: number;
  /** Each fall-back with its reason, and how often it happened. */
  readonly fallBacks: Readonly<Record<string, number>>;
}

/** As the events of all attempts tell it. */
export function memoryWays(events: readonly ReportedEvent[]): MemoryWays {
  const resumes = events.filter(({ type }) => type === 'job.resumed');
  return {
    byTwin: events.filter((event) => event.type === 'snapshot.committed' && event['memoryFrom'] === 'twin').length,
    resumes: resumes.length,
    lazily: resumes.filter((event) => (numberField(event, 'missingBytes') ?? 0) > 0).length,
    fallBacks: countTexts(memoryNotes(events).filter(({ isFallBack }) => isFallBack)),
  };
}
