import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptsIn, ControlGroup, type HeldRun, readProcess } from '@holdfast/testkit/victims';

/** What dead attempts have left behind although a newer attempt has begun, as sentences; none where all is clean. */
export function tracesOf(dead: readonly string[], stateDirectory: string, folder: string): readonly string[] {
  return [
    ...dead.filter((attempt) => new ControlGroup(attempt).exists()).map((attempt) => `the control group of attempt ${attempt} is still there`),
    ...attemptsIn(stateDirectory)
      .filter((attempt) => dead.includes(attempt))
      .map((attempt) => `the run folder of attempt ${attempt} is still there`),
    ...mountsBelow(folder).map((mount) => `${mount} is still mounted`),
  ];
}

/** Where Holdfast alone was killed, its keeper thaws the job at once: nobody else would. Undefined where it did. */
export async function staysFrozen(run: HeldRun): Promise<string | undefined> {
  const view = run.view();
  for (const end = performance.now() + 10_000; performance.now() < end; await delay(50)) {
    if (view === undefined || !view.group.isFrozen() || view.group.pids().every((pid) => readProcess(pid) === undefined)) return undefined;
  }
  return 'ten seconds after Holdfast was killed its job is still frozen';
}

function mountsBelow(folder: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .filter((mountPoint) => mountPoint.startsWith(`${folder}/`));
}
