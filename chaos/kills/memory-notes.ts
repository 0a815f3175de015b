import { type ReportedEvent, textField } from '@holdfast/testkit/victims';

/** Where the memory of each snapshot and of each resume came from, and why from nowhere better, as the events of a run tell it. */
export function memoryNotes(events: readonly ReportedEvent[]): readonly string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'snapshot.committed': {
        const [from, refused] = [textField(event, 'memoryFrom') ?? 'unsaid', textField(event, 'twinRefused')];
        return refused === undefined ? `snapshot: ${from}` : `snapshot: ${from}, since no twin: ${refused}`;
      }
      case 'snapshot.without-twin':
        return `snapshot taken again without a twin: ${textField(event, 'reason') ?? 'unsaid'}`;
      case 'snapshot.failed':
        return `snapshot failed: ${textField(event, 'code') ?? 'unsaid'}`;
      case 'resume.eager':
        return `resume: eager, since not lazy: ${textField(event, 'reason') ?? 'unsaid'}`;
      case 'resume.whole':
        return 'resume: lazy, to the last page';
      case 'restore.failed':
        return `resume failed: ${textField(event, 'code') ?? 'unsaid'}`;
      default:
        return [];
    }
  });
}
