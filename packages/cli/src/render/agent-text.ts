import type { AgentStatus, ContainerStatus } from '@holdfast/engine';
import { countText } from './count-text.js';
import { escapeText } from './escape-text.js';
import { memoryFromText } from './memory-from-text.js';
import { table } from './table.js';
import { timeText } from './times.js';

/** What the agent does: its containers, then who runs without protection, then what was counted and is not zero. */
export function agentText({ pid, startedAt, containers, unprotected, counted = [] }: AgentStatus, now: Date): string {
  const head = `agent      process ${pid} since ${timeText(startedAt, now)}, ${countText(containers.length, 'container')}\n`;
  const without = unprotected.map(({ reason, count }) => `unprotected ${countText(count, 'start')}: ${escapeText(reason)}\n`);
  const told = counted.filter(({ value }) => value !== 0).map(({ name, labels, value }) => `${name}${labelText(labels)} ${value}\n`);
  return [head, containerTable(containers, now), without.join(''), told.join('')].filter((part) => part !== '').join('\n');
}

function containerTable(containers: readonly ContainerStatus[], now: Date): string {
  const [job, state, snapshots, last, from, container] = ['JOB', 'STATE', 'SNAPSHOTS', 'LAST SNAPSHOT', 'READ FROM', 'CONTAINER'];
  return table(
    [{ title: job }, { title: state }, { title: snapshots, align: 'right' }, { title: last }, { title: from }, { title: container }],
    containers.map((each) => [
      escapeText(each.job),
      stateText(each),
      String(each.snapshots),
      each.lastSnapshotAt === undefined ? 'none yet' : timeText(each.lastSnapshotAt, now),
      memoryFromText(each),
      `${escapeText(each.containerName)} (${each.containerId.slice(0, 12)})`,
    ]),
  );
}

/** One that is protected in name alone says so: what it does is not safe beyond its last snapshot. */
function stateText({ state, reason, failuresInRow, lastFailure }: ContainerStatus): string {
  if (reason !== undefined) return `${state}: ${escapeText(reason)}`;
  if (lastFailure === undefined) return state;
  const failed = failuresInRow === 1 ? 'the last snapshot failed' : `the last ${failuresInRow} snapshots failed`;
  return `${state}, but ${failed}: ${lastFailure.code}: ${escapeText(lastFailure.message)}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
