import type { JobAnswer, JobCall } from './job-model.js';
import type { Operation } from './operation.js';

type JobOperation = Operation<JobCall, JobAnswer>;

/** What is wrong with a history although some order explains it: an overtaken claim and a fenced commit may change nothing, so the model lets them be. */
export function brokenJobLaws(history: readonly JobOperation[]): readonly string[] {
  const claims = history.flatMap((operation) => (operation.call.kind === 'claim' ? [{ ...operation, attempt: operation.call.attempt }] : []));
  const epochOf = (claim: JobOperation | undefined): number | undefined => (claim?.answer?.kind === 'claimed' ? claim.answer.epoch : undefined);
  const broken: string[] = [];
  for (const [place, claim] of claims.entries()) {
    const epoch = epochOf(claim);
    if (epoch === undefined) continue;
    const from = claim.answer?.kind === 'claimed' ? claim.answer.from : 0;
    if (from !== 0 && !history.some((operation) => isCommitOf(from, operation) && operation.calledAt < (claim.answeredAt ?? 0)))
      broken.push(`${claim.attempt} began from snapshot ${from}, which nobody had written`);
    for (const [otherPlace, other] of claims.entries()) {
      const otherEpoch = epochOf(other);
      if (otherEpoch === undefined || otherPlace === place) continue;
      if (otherEpoch === epoch && otherPlace < place) broken.push(`${other.attempt} and ${claim.attempt} both won epoch ${epoch}`);
      if (otherEpoch > epoch && answeredBefore(other, claim))
        broken.push(`${claim.attempt} won epoch ${epoch} by a claim that began after ${other.attempt} had won epoch ${otherEpoch}`);
    }
  }
  for (const fenced of history) {
    const { call, answer, answeredAt = Number.POSITIVE_INFINITY } = fenced;
    if (call.kind !== 'commit' || answer?.kind !== 'fenced') continue;
    const own = epochOf(claims.find(({ attempt }) => attempt === call.attempt)) ?? 0;
    const higher = claims.some((claim) => claim.attempt !== call.attempt && (epochOf(claim) ?? own + 1) > own && claim.calledAt < answeredAt);
    if (!higher) broken.push(`snapshot ${call.number} of ${call.attempt} was fenced although nobody else claimed the job`);
  }
  return broken;
}

function isCommitOf(number: number, { call }: JobOperation): boolean {
  return call.kind === 'commit' && call.number === number;
}

function answeredBefore(one: JobOperation, other: JobOperation): boolean {
  return one.answeredAt !== undefined && one.answeredAt < other.calledAt;
}
