import type { CheckpointStore } from '@holdfast/core';
import { brokenJobLaws, checkHistory, jobModel } from '@holdfast/testkit/linearizability';
import { snapshotContent } from './contender/snapshot-content.ts';
import type { JobOperation } from './history/history-file.ts';

const deadlineMs = 60_000;

/** What is wrong with a round: with the history of its calls, and with what they left. */
export async function judgeRound(
  store: CheckpointStore,
  job: string,
  history: readonly JobOperation[],
  { isSwept }: { readonly isSwept: boolean },
): Promise<readonly string[]> {
  return [...historyProblems(history), ...(await repositoryProblems(store, job, history, isSwept))];
}

function historyProblems(history: readonly JobOperation[]): readonly string[] {
  const laws = brokenJobLaws(history);
  const verdict = checkHistory(jobModel, history, { deadlineMs });
  switch (verdict.kind) {
    case 'linearizable':
      return laws;
    case 'undecided':
      return [...laws, `no order of ${history.length} calls was found in ${deadlineMs} ms, nor that there is none`];
    case 'violated': {
      const said = (place: number): string => describeOperation(history[place]);
      const order = verdict.order.map((place) => `\n      ${said(place)}`);
      return [
        ...laws,
        `no order explains the answers; the longest beginning is${order.join('')}\n    which leaves no room for\n      ${said(verdict.stuckAt)}`,
      ];
    }
  }
}

/** Every snapshot that was reported as committed counts, is whole, and goes on from the one before; a sweep may have taken the oldest, and leaves the newest. */
async function repositoryProblems(
  store: CheckpointStore,
  job: string,
  history: readonly JobOperation[],
  isSwept: boolean,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const eligible = (await store.list(job)).filter((summary) => summary.eligible).toReversed();
  const [oldest] = eligible;
  for (const { call, answer } of history) {
    if (call.kind !== 'commit' || answer?.kind !== 'committed') continue;
    if (isSwept && call.number < (oldest?.number ?? 0)) continue;
    if (!eligible.some(({ number, attempt }) => number === call.number && attempt === call.attempt))
      problems.push(`snapshot ${call.number} of ${call.attempt} was reported as committed and does not count`);
  }
  let before = isSwept ? (oldest?.parent ?? 0) : 0;
  for (const { number, attempt, parent = 0 } of eligible) {
    if (parent !== before) problems.push(`snapshot ${number} goes on from ${parent}, and the one before it is ${before}`);
    before = number;
    await using reader = await store.open({ job, number });
    const bytes = Buffer.from(await reader.read('memory'));
    if (!bytes.equals(snapshotContent(attempt, number))) problems.push(`snapshot ${number} does not hold what ${attempt} put into it`);
  }
  const { problems: damages } = await store.verify(job);
  return [...problems, ...damages.map(({ file, message }) => `${file}: ${message}`)];
}

export function describeOperation(operation: JobOperation | undefined): string {
  if (operation === undefined) return 'nothing';
  const { process, call, calledAt, answer, answeredAt } = operation;
  const ms = (ns: number | undefined): string => (ns === undefined ? 'never' : `${(ns / 1e6).toFixed(3)} ms`);
  return `${process} from ${ms(calledAt)} to ${ms(answeredAt)}: ${JSON.stringify(call)} → ${answer === undefined ? 'no answer' : JSON.stringify(answer)}`;
}
