import type { LeaseCounts, SweepCounts } from './contender/orders.ts';
import { added, noSweeps } from './counts.ts';
import type { RoundResult } from './round.ts';

/** What a campaign with one catalog did. */
export interface Tally {
  readonly kind: string;
  readonly rounds: number;
  readonly contenders: number;
  /** Of these, with a clock that is wrong. */
  readonly skewed: number;
  readonly calls: number;
  readonly claims: number;
  readonly committed: number;
  readonly fenced: number;
  readonly unanswered: number;
  readonly deaths: number;
  readonly stops: Readonly<Record<string, number>>;
  /** What befell the catalog's server, and in how many rounds. */
  readonly befell: Readonly<Record<string, number>>;
  readonly leases: LeaseCounts;
  /** Leases that were given while another attempt's had not ended. No failure: the epochs decide. */
  readonly leasesWonTwice: number;
  readonly sweeps: SweepCounts;
  /** What was wrong, of all rounds. */
  readonly problems: readonly string[];
}

export function emptyTally(kind: string): Tally {
  const none = { rounds: 0, contenders: 0, skewed: 0, calls: 0, claims: 0, committed: 0, fenced: 0, unanswered: 0, deaths: 0 };
  return {
    kind,
    ...none,
    stops: {},
    befell: {},
    leases: { taken: 0, refused: 0, lost: 0, unanswered: 0 },
    leasesWonTwice: 0,
    sweeps: noSweeps,
    problems: [],
  };
}

export function withRound(tally: Tally, result: RoundResult, skewed: number): Tally {
  const { history, problems, stops, deaths, befell, leases, leasesWonTwice, sweeps } = result;
  const answers = (kind: string): number => history.filter(({ answer }) => answer?.kind === kind).length;
  const names = new Set(history.map(({ process }) => process));
  names.delete('judge');
  return {
    kind: tally.kind,
    rounds: tally.rounds + 1,
    contenders: tally.contenders + names.size,
    skewed: tally.skewed + skewed,
    calls: tally.calls + history.length,
    claims: tally.claims + answers('claimed'),
    committed: tally.committed + answers('committed'),
    fenced: tally.fenced + answers('fenced'),
    unanswered: tally.unanswered + history.filter(({ answer }) => answer === undefined).length,
    deaths: tally.deaths + deaths,
    stops: added(tally.stops, stops),
    befell: befell === undefined ? tally.befell : { ...tally.befell, [befell]: (tally.befell[befell] ?? 0) + 1 },
    leases: added(tally.leases, leases),
    leasesWonTwice: tally.leasesWonTwice + leasesWonTwice,
    sweeps: added(tally.sweeps, sweeps),
    problems: [...tally.problems, ...problems],
  };
}
