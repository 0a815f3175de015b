import type { Operation } from './operation.js';

/** A call or an answer, in the order of time. What was taken out knows its neighbours, so that it can be put back in the reverse order. */
export interface Entry {
  /** The operation's place in the history. */
  readonly operation: number;
  readonly isCall: boolean;
  before: Entry | undefined;
  after: Entry | undefined;
}

export interface Timeline {
  readonly first: () => Entry | undefined;
  /** Takes a call and its answer out. */
  readonly takeOut: (operation: number) => void;
  /** What was taken out last comes back first. */
  readonly putBack: (operation: number) => void;
}

/** Calls that were never answered end after all others. At the same time a call comes before an answer, so that the two count as concurrent. */
export function createTimeline(history: readonly Operation<unknown, unknown>[]): Timeline {
  const ends = history.flatMap(({ calledAt, answeredAt = Number.POSITIVE_INFINITY }, operation) => [
    { at: calledAt, entry: entryOf(operation, true) },
    { at: answeredAt, entry: entryOf(operation, false) },
  ]);
  const pairs = history.map((_, operation) => [ends[2 * operation]?.entry, ends[2 * operation + 1]?.entry] as const);
  const head = entryOf(-1, true);
  let last = head;
  for (const { entry } of ends.toSorted((a, b) => compare(a.at, b.at) || Number(b.entry.isCall) - Number(a.entry.isCall))) {
    last.after = entry;
    entry.before = last;
    last = entry;
  }
  return {
    first: () => head.after,
    takeOut: (operation) => {
      for (const entry of pairs[operation] ?? []) unlink(entry);
    },
    putBack: (operation) => {
      for (const entry of pairs[operation]?.toReversed() ?? []) relink(entry);
    },
  };
}

function entryOf(operation: number, isCall: boolean): Entry {
  return { operation, isCall, before: undefined, after: undefined };
}

function unlink(entry: Entry | undefined): void {
  if (entry?.before !== undefined) entry.before.after = entry.after;
  if (entry?.after !== undefined) entry.after.before = entry.before;
}

function relink(entry: Entry | undefined): void {
  if (entry?.before !== undefined) entry.before.after = entry;
  if (entry?.after !== undefined) entry.after.before = entry;
}

/** Not by their difference: that of two infinities is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
