import { type ReportedEvent, textField } from './reported-event.js';

export interface MemoryNote {
  readonly text: string;
  /** True where memory came from nowhere better, for a reason that the text tells. */
  readonly isFallBack: boolean;
}

/** Where the memory of each snapshot and of each resume came from, and why from nowhere better, as the events of a run tell it. */
export function memoryNotes(events: readonly ReportedEvent[]): readonly MemoryNote[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'snapshot.committed': {
        const from = said(event, 'memoryFrom');
        const [noTwin, noCover] = [textField(event, 'twinRefused'), textField(event, 'coverRefused')];
        if (noTwin !== undefined) return fallBack(`snapshot: ${from}, since no twin: ${noTwin}`);
        return noCover === undefined
          ? { text: `snapshot: ${from}`, isFallBack: from !== 'twin' }
          : fallBack(`snapshot: ${from}, without a cover: ${noCover}`);
      }
      case 'snapshot.without-twin':
        return fallBack(`snapshot taken again without a twin: ${said(event, 'reason')}`);
      case 'snapshot.failed':
        return fallBack(`snapshot failed: ${said(event, 'code')}: ${said(event, 'message')}`);
      case 'resume.eager':
        return fallBack(`resume: eager, since not lazy: ${said(event, 'reason')}`);
      case 'resume.whole':
        return { text: 'resume: lazy, to the last page', isFallBack: false };
      case 'restore.failed':
        return fallBack(`resume failed: ${said(event, 'code')}: ${said(event, 'message')}`);
      default:
        return [];
    }
  });
}

/** How often each of these texts is there. */
export function countTexts(notes: readonly MemoryNote[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { text } of notes) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

function fallBack(text: string): MemoryNote {
  return { text, isFallBack: true };
}

function said(event: ReportedEvent, field: string): string {
  return textField(event, field) ?? 'unsaid';
}
