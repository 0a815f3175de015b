import { setTimeout as delay } from 'node:timers/promises';
import { type AgentProcess, numberField, type ReportedEvent } from '@holdfast/testkit/victims';
import type { EventTeller, Tally } from '../event-teller.ts';
import type { Timeline } from '../timeline.ts';
import { ticksWithin } from './container.ts';
import type { Node } from './node.ts';
import type { DockerDemoOptions } from './options.ts';

export interface RunningJob {
  readonly container: string;
  readonly agent: AgentProcess;
  readonly teller: EventTeller;
}

export interface LostJob {
  /** The last that was reported before the loss. */
  readonly newestSnapshot: number;
  readonly problems: readonly string[];
}

interface Told {
  readonly options: DockerDemoOptions;
  readonly timeline: Timeline;
  readonly tally: Tally;
}

/** EC2 gives two minutes. */
const noticeMs = 120_000;
const standsStillMs = 3000;
const firstMs = 300_000;

/** Waits until the job has a snapshot, and some time more; then the node is lost, after a notice where one is wanted. */
export async function loseNode(node: Node, job: RunningJob, told: Told): Promise<LostJob> {
  const { options, timeline, tally } = told;
  const { agent, teller } = job;
  const tell = (): void => teller.tellNew();
  await untilCommitted(agent, 'snapshot', () => true, firstMs, tell);
  for (const end = Date.now() + options.momentMs; Date.now() < end; await delay(50)) tell();
  const problems = options.notice ? await giveNotice(node, job, told) : [];
  tell();
  if (agent.events.some(({ type }) => type === 'job.exited')) throw tooEarly();
  const at = Date.now();
  const programs = await node.lose();
  tell();
  tally.kills += 1;
  timeline.tell('kill', `SIGKILL to all ${programs.length} processes: ${[...new Set(programs)].join(', ')}`, at);
  timeline.tell('note', `the node is gone, ${((at - tally.lastSnapshotAt) / 1000).toFixed(1)} s after its last snapshot`);
  timeline.tell('note', "with it Docker's data, the agent's state, the JuiceFS cache, all overlays and volumes");
  const newest = agent.events.findLast(({ type }) => type === 'snapshot.committed');
  return {
    newestSnapshot: (newest === undefined ? undefined : numberField(newest, 'number')) ?? 0,
    problems,
  };
}

/** The metadata service tells the node's end; resolves with what went wrong once the last snapshot is safe and the job was seen standing still. */
async function giveNotice(node: Node, { container, agent, teller }: RunningJob, { timeline }: Told): Promise<readonly string[]> {
  const at = Date.now();
  const end = new Date(at + noticeMs);
  node.imds.announce('terminate', end);
  timeline.tell('notice', `the metadata service says: terminate at ${end.toISOString()}`, at);
  const isLast = ({ reason }: ReportedEvent): boolean => reason === 'notice';
  const last = await untilCommitted(agent, 'last snapshot', isLast, noticeMs, () => teller.tellNew());
  const safeAt = last.at === undefined ? Date.now() : Date.parse(last.at);
  const left = (end.getTime() - safeAt) / 1000;
  timeline.tell('frozen', `for good: safe ${((safeAt - at) / 1000).toFixed(1)} s after the notice, ${left.toFixed(0)} s before the end`, safeAt);
  const ticks = await ticksWithin(node.docker, container, standsStillMs);
  timeline.tell('note', `in ${standsStillMs / 1000} s more it took ${ticks} ticks of a processor`);
  return ticks === 0 ? [] : ['the job ran on after its last snapshot'];
}

async function untilCommitted(
  agent: AgentProcess,
  what: string,
  isIt: (event: ReportedEvent) => boolean,
  deadlineMs: number,
  tell: () => void,
): Promise<ReportedEvent> {
  const holds = (event: ReportedEvent): boolean => event.type === 'job.exited' || (event.type === 'snapshot.committed' && isIt(event));
  const found = await agent.until(what, holds, deadlineMs, tell);
  if (found.type === 'job.exited') throw tooEarly();
  return found;
}

function tooEarly(): Error {
  return new Error('the program ended before its node was lost: give it more --bases');
}
