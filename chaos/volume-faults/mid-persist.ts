import { setTimeout as delay } from 'node:timers/promises';
import type { HeldRun } from '@holdfast/testkit/victims';

/** Resolves while a snapshot is being stored: the job was frozen for it, runs again, and nothing was committed yet. False where none came so far in time. */
export async function midPersist(run: HeldRun, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  let frozenFor = 0;
  while (run.end === undefined && performance.now() < deadline) {
    const started = run.count('snapshot.started');
    const isUnderWay = started > run.count('snapshot.committed') + run.count('snapshot.failed');
    const isFrozen = run.view()?.group.isFrozen() === true;
    if (isUnderWay && isFrozen) frozenFor = started;
    if (isUnderWay && !isFrozen && frozenFor === started) return true;
    await delay(2);
  }
  return false;
}
