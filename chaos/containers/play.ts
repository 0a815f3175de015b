import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Judgement, judge } from './judge.ts';
import { type Node, startNode } from './node.ts';
import type { ContainersOptions } from './options.ts';
import { frozenOf } from './frozen.ts';
import { type Ending, endOf, type ShortContainer, startContainer } from './short-container.ts';

export interface ContainersTally extends Judgement {
  readonly containers: number;
  /** From the first start to the last end. */
  readonly elapsedMs: number;
}

export async function play(
  options: ContainersOptions,
  folder: string,
  holdfast: readonly [string, ...string[]],
  say: (line: string) => void,
): Promise<ContainersTally> {
  const { count, steps, interval } = options;
  await using node = await startNode(folder, holdfast);
  const gate = join(folder, 'gate');
  await mkdir(gate);
  const { docker } = node;
  const containers = Array.from({ length: count }, (_, index): ShortContainer => ({ number: index + 1, isProtected: index % 2 === 0, steps }));
  const beganAt = performance.now();
  let [running, ended] = [0, 0];
  const endings = Promise.all(
    containers.map(async (container): Promise<Ending> => {
      const started = await startContainer(docker, container, interval, gate);
      running += 1;
      const ending = await endOf(docker, container, started);
      ended += 1;
      return ending;
    }),
  );
  const openGate = async (): Promise<readonly string[]> => {
    try {
      return await disturb(node, Math.ceil(count / 4), () => running / count, say);
    } finally {
      await writeFile(join(gate, 'open'), '');
    }
  };
  const faults = openGate();
  const told = setInterval(() => say(`${Math.round((performance.now() - beganAt) / 1000)} s: ${running} started, ${ended} ended`), 10_000);
  try {
    const [all, killedOver] = await Promise.all([endings, faults]);
    const elapsedMs = Math.round(performance.now() - beganAt);
    // What the last ones' snapshots still have to say.
    await sleep(1000);
    const unprotected = (await readFile(node.unprotectedFile, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    return { containers: count, elapsedMs, ...judge({ endings: all, events: node.agents.events, killedOver, unprotected }) };
  } finally {
    clearInterval(told);
  }
}

/** For a snapshot to come. */
const patienceMs = 10 * 60_000;

/** Waits at its end until the last agent has stored so many snapshots. Resolves with the containers that stood still when their agent was killed. */
async function disturb({ agents, docker }: Node, wanted: number, started: () => number, say: (line: string) => void): Promise<readonly string[]> {
  let frozen: readonly string[] = [];
  const end = performance.now() + patienceMs;
  while (started() < 1 / 4) await sleep(20);
  while (frozen.length === 0 && performance.now() < end) {
    await sleep(2);
    if (frozenOf(docker).length === 0) continue;
    const killed = agents.end('SIGKILL');
    // It is dead by now; a freeze that ended just before is none, and the next one is looked for.
    frozen = frozenOf(docker);
    await killed;
    say(`the agent is killed while ${frozen.length} containers stand still`);
    await agents.start();
  }
  while (started() < 3 / 5 && performance.now() < end) await sleep(20);
  say('the agent is started anew');
  await agents.end('SIGTERM');
  await agents.start();
  const before = agents.events.length;
  const stored = (): number => agents.events.slice(before).filter(({ type }) => type === 'snapshot.committed').length;
  while ((started() < 1 || stored() < wanted) && performance.now() < end) await sleep(20);
  return frozen;
}
