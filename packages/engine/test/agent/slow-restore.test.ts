import { expect, test } from 'vitest';
import { slowRestoreTeller } from '../../src/agent/slow-restore.js';
import type { RunEvent } from '../../src/run/events.js';

const started = { type: 'restore.started', snapshot: 1, takenAt: '', logicalBytes: 1000 } as unknown as RunEvent;
const progress = (bytes: number, totalBytes = 1000): RunEvent =>
  ({ type: 'restore.progress', snapshot: 1, bytes, totalBytes }) as unknown as RunEvent;

/** What is said of such progress, at times in seconds. */
function said(...steps: readonly (readonly [seconds: number, event: RunEvent])[]): readonly string[] {
  let nowMs = 0;
  const tell = slowRestoreTeller({ monotonicMs: () => nowMs });
  return steps.flatMap(([seconds, event]) => {
    nowMs = seconds * 1000;
    return tell(event) ?? [];
  });
}

test('a resume that will take longer than ECS waits is told once, with what to set', () => {
  const [text, ...others] = said([0, started], [10, progress(20)], [20, progress(40)]);
  expect(text).toContain('about 9 minutes');
  expect(text).toContain('ECS_CONTAINER_START_TIMEOUT of its agent is more, such as 18m');
  expect(others).toEqual([]);
});

test('one that will not, or of which nothing was measured yet, is not', () => {
  expect(said([0, started], [10, progress(200)])).toEqual([]);
  expect(said([0, started], [4, progress(1)], [60, progress(0)])).toEqual([]);
  expect(said([10, progress(1)])).toEqual([]);
});
