import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { DockerNode } from '@holdfast/testkit/docker';
import { imagePath } from './node.ts';

export interface ContainerOptions {
  readonly job: string;
  readonly interval: string;
  readonly image: string;
  readonly command: readonly string[];
}

/** What AWS Batch would give each attempt of a job: the same line, and the same number of the job. */
export function runLine({ job, interval, image, command }: ContainerOptions): readonly string[] {
  const environment = {
    MMC_CHECKPOINT_MODE: 'true',
    MMC_CHECKPOINT_INTERVAL: interval,
    MMC_CHECKPOINT_IMAGE_PATH: imagePath,
    AWS_BATCH_JOB_ID: job,
  };
  const variables = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return ['run', '--detach', '--runtime', 'holdfast', '--network', 'none', '-v', 'results:/results', ...variables, image, ...command];
}

/** How much processor time the first process of a container takes in so many milliseconds, in clock ticks. */
export async function ticksWithin(docker: DockerNode, container: string, ms: number): Promise<number> {
  const pid = await docker.docker(['inspect', '--format', '{{.State.Pid}}', container]);
  const ticks = async (): Promise<number> => {
    const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /s, '').split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await delay(ms);
  return (await ticks()) - before;
}

/** Resolves with its exit status once it has ended. */
export async function ended(docker: DockerNode, container: string, tell: () => void): Promise<number> {
  const waiting = docker.docker(['wait', container], { timeoutMs: 900_000 }).then(Number);
  waiting.catch(() => undefined);
  for (;;) {
    tell();
    const status = await Promise.race([waiting, delay(100)]);
    if (status !== undefined) return status;
  }
}

/** What the launcher and the agent said in the container's log. */
export async function saidIn(docker: DockerNode, container: string): Promise<readonly string[]> {
  const { stderr } = await docker.tryDocker(['logs', container]);
  return stderr.split('\n').filter((line) => line.startsWith('holdfast: '));
}
