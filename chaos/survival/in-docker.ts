import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AgentProcess,
  findProgram,
  type InterruptedRun,
  numberField,
  type PreparedVictim,
  type ReportedEvent,
  survive,
  type Survived,
  type Victim,
} from '@holdfast/testkit/victims';
import { type ContainerNode, imagePath } from './container-node.ts';
import { imageOf } from './image-of.ts';
import { deadlines, jobName } from './in-run.ts';
import type { SurvivalOptions } from './options.ts';

/** The program in a container of the node; after each loss the same `docker run` makes a new one. */
export function surviveInDocker(program: Victim, node: ContainerNode, options: SurvivalOptions): Promise<Survived> {
  const { interruptions, scale } = options;
  let times = 0;
  return survive(program, {
    interruptions,
    scale,
    mostScale: scale * 8,
    deadlineMs: deadlines.undisturbedMs,
    async interrupt(prepared, folder) {
      times += 1;
      const image = jobName(program.name).toLowerCase();
      await node.docker.importImage(image, await imageOf(program, prepared));
      // Another amount of work is another job.
      return interruptContainer(node, await runLine(`${image}-${times}`, image, prepared, join(folder, 'work'), options), interruptions);
    },
  });
}

/** The directory of the job is bound into the container, and comes back with it; its /tmp is the container's own. */
async function runLine(
  job: string,
  image: string,
  { command }: PreparedVictim,
  work: string,
  { interval }: SurvivalOptions,
): Promise<readonly string[]> {
  const environment = { MMC_CHECKPOINT_MODE: 'true', MMC_CHECKPOINT_INTERVAL: interval, MMC_CHECKPOINT_IMAGE_PATH: imagePath, HOLDFAST_JOB: job };
  const variables = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const [program, ...words] = command;
  const found = program.startsWith('.') ? program : (findProgram(program) ?? program);
  // Debian's alternatives are links to programs that look for their parts beside their own file.
  const real = await realpath(found).catch(() => found);
  const started = real.startsWith('/usr/lib/') ? real : found;
  return [
    'run',
    '--detach',
    '--runtime',
    'holdfast',
    '--network',
    'none',
    '-v',
    `${work}:/work`,
    '-w',
    '/work',
    ...variables,
    image,
    started,
    ...words,
  ];
}

async function interruptContainer(node: ContainerNode, line: readonly string[], interruptions: number): Promise<InterruptedRun> {
  const resumes: { told: number; from: number | undefined }[] = [];
  const events: ReportedEvent[] = [];
  const result = (status: number | undefined, count: number): InterruptedRun => ({
    status,
    interruptions: count,
    endedBefore: false,
    resumes,
    printed: [],
    events,
  });
  let told = 0;
  for (let number = 0; ; number += 1) {
    const agent = await node.agent();
    const from = agent.events.length;
    const since = (): readonly ReportedEvent[] => agent.events.slice(from);
    const has = (type: string): boolean => since().some((event) => event.type === type);
    const container = await node.docker.docker(line, { timeoutMs: deadlines.attemptMs });
    const exited = node.docker.docker(['wait', container], { timeoutMs: deadlines.attemptMs }).then(Number, () => undefined);
    const kills = number < interruptions;
    const happened = kills && (await Promise.race([committed(agent, from), exited.then(() => false)]));
    if (number > 0) resumes.push({ told, from: numberField(since().find(({ type }) => type === 'job.resumed') ?? { type: '' }, 'snapshot') });
    if (happened) await delay(Math.random() * deadlines.withinMs);
    if (happened && !has('job.exited')) {
      await node.lose();
      events.push(...since());
      told = Math.max(told, ...since().flatMap((event) => (event.type === 'snapshot.committed' ? (numberField(event, 'number') ?? 0) : 0)));
      continue;
    }
    const status = await exited;
    events.push(...since());
    if (status !== 0) events.push({ type: 'error', error: { message: await lastPrinted(node, container) } });
    await node.docker.docker(['rm', '--force', container]);
    return result(status, number);
  }
}

async function lastPrinted(node: ContainerNode, container: string): Promise<string> {
  const { stdout, stderr } = await node.docker.tryDocker(['logs', container]);
  return `${stdout.slice(-500)}${stderr.slice(-500)}`.trim();
}

async function committed(agent: AgentProcess, from: number): Promise<boolean> {
  const end = performance.now() + deadlines.attemptMs;
  for (;;) {
    if (agent.events.slice(from).some(({ type }) => type === 'snapshot.committed')) return true;
    if (agent.hasEnded() || performance.now() > end) return false;
    await delay(50);
  }
}
