import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptsIn, commandLineOf, ControlGroup, type HeldRun, type ProcessLine, readProcess } from '@holdfast/testkit/victims';

/** What dead attempts have left behind although a newer attempt has begun, as sentences; none where all is clean. */
export function tracesOf(dead: readonly string[], stateDirectory: string, folder: string): readonly string[] {
  return [
    ...dead
      .flatMap((attempt) => [attempt, `${attempt}-twins`])
      .filter((name) => new ControlGroup(name).exists())
      .map((name) => `the control group of attempt ${name} is still there`),
    ...attemptsIn(stateDirectory)
      .filter((attempt) => dead.includes(attempt))
      .map((attempt) => `the run folder of attempt ${attempt} is still there`),
    ...mountsBelow(folder).map((mount) => `${mount} is still mounted`),
  ];
}

/** What Holdfast had started, and what is in a dead attempt's group of twins, must be gone soon after the end. Sentences; none where it is. */
export async function processesLeft(dead: readonly string[], seen: readonly ProcessLine[]): Promise<readonly string[]> {
  const twins = (): readonly number[] => dead.flatMap((attempt) => new ControlGroup(`${attempt}-twins`).pids());
  const alive = (): readonly number[] => [
    ...seen.filter(({ pid, startTicks }) => readProcess(pid)?.startTicks === startTicks).map(({ pid }) => pid),
    ...twins().filter((pid) => readProcess(pid) !== undefined),
  ];
  for (const end = performance.now() + 15_000; performance.now() < end && alive().length > 0; await delay(50));
  return alive().map((pid) => `process ${pid} is still there: ${commandLineOf(pid).join(' ')}`);
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
