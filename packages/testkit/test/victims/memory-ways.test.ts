import { memoryNotes, memoryWays, type ReportedEvent } from '@holdfast/testkit/victims';
import { expect, it } from 'vitest';

const byTwin: ReportedEvent = { type: 'snapshot.committed', memoryFrom: 'twin' };

it('tells where each snapshot and each resume had its memory from', () => {
  const events = [
    { type: 'job.started' },
    byTwin,
    { ...byTwin, coverRefused: 'criu' },
    { type: 'snapshot.committed', memoryFrom: 'staged-disk', twinRefused: 'traced' },
    { type: 'job.resumed', missingBytes: 4096 },
    { type: 'resume.whole' },
  ];
  expect(memoryNotes(events)).toEqual([
    { text: 'snapshot: twin', isFallBack: false },
    { text: 'snapshot: twin, without a cover: criu', isFallBack: true },
    { text: 'snapshot: staged-disk, since no twin: traced', isFallBack: true },
    { text: 'resume: lazy, to the last page', isFallBack: false },
  ]);
});

it('counts twins and lazy resumes over all attempts', () => {
  const eager = { type: 'job.resumed', missingBytes: 0 };
  const attempts = [byTwin, { type: 'job.resumed', missingBytes: 1 }, { type: 'snapshot.committed', memoryFrom: 'staged-memory' }, eager, byTwin];
  expect(memoryWays(attempts)).toMatchObject({ byTwin: 2, resumes: 2, lazily: 1 });
});

it('counts each fall-back by its reason', () => {
  const stays = { type: 'snapshot.committed', memoryFrom: 'staged-memory', twinRefused: 'stays-frozen' };
  const failed = { type: 'snapshot.failed', code: 'HF_TWIN_REFUSED', message: 'a process waits for a child that borrows its memory' };
  const events = [
    byTwin,
    stays,
    stays,
    failed,
    { type: 'snapshot.without-twin', reason: 'lost' },
    { type: 'resume.eager', reason: 'no pager' },
    { type: 'restore.failed', code: 'HF_MEMORY_LOST', message: 'gone' },
  ];
  expect(memoryWays(events).fallBacks).toEqual({
    'snapshot: staged-memory, since no twin: stays-frozen': 2,
    'snapshot failed: HF_TWIN_REFUSED: a process waits for a child that borrows its memory': 1,
    'snapshot taken again without a twin: lost': 1,
    'resume: eager, since not lazy: no pager': 1,
    'resume failed: HF_MEMORY_LOST: gone': 1,
  });
});
