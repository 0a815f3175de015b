import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { interruptRun, type InterruptOptions, survive, type Survived, type Victim } from '@holdfast/testkit/victims';
import type { SurvivalOptions } from './options.ts';

export const deadlines: Pick<InterruptOptions, 'withinMs' | 'attemptMs'> & { readonly undisturbedMs: number } = {
  withinMs: 1200,
  attemptMs: 420_000,
  undisturbedMs: 420_000,
};

/** The program as a job of `holdfast run`. */
export function surviveInRun(program: Victim, holdfast: readonly [string, ...string[]], options: SurvivalOptions): Promise<Survived> {
  const { interruptions, scale, interval, with: more } = options;
  return survive(program, {
    interruptions,
    scale,
    mostScale: scale * 8,
    deadlineMs: deadlines.undisturbedMs,
    async interrupt({ command }, folder) {
      const logs = join(folder, 'logs');
      await mkdir(logs, { recursive: true });
      const [storage, stateDirectory, workingDirectory] = [join(folder, 'storage'), join(folder, 'state'), join(folder, 'work')];
      const line = { holdfast, storage, stateDirectory, job: jobName(program.name), interval, more, workingDirectory, command, logs };
      return interruptRun(line, { interruptions, ...deadlines });
    },
  });
}

/** A job's name has no signs but dots, underscores and hyphens. */
export function jobName(name: string): string {
  return name.replaceAll('+', 'p');
}
