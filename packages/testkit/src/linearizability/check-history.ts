import type { Model } from './model.js';
import type { Operation } from './operation.js';
import { createTimeline, type Entry } from './timeline.js';

export type Verdict =
  /** `order`: the operations' places in the history, as they may have taken effect one after the other. */
  | { readonly kind: 'linearizable'; readonly order: readonly number[] }
  /** `order`: the longest beginning that was found; after it, `stuckAt` cannot have been answered as it was. */
  | { readonly kind: 'violated'; readonly order: readonly number[]; readonly stuckAt: number }
  /** The time was up. */
  | { readonly kind: 'undecided' };

export interface CheckOptions {
  /** Default: 60 s. */
  readonly deadlineMs?: number;
}

interface Choice<State> {
  readonly entry: Entry;
  /** Before it was chosen. */
  readonly states: readonly State[];
  readonly done: bigint;
}

const defaultDeadlineMs = 60_000;

/**
 * Tells whether there is an order of the operations in which each takes effect between its call and its answer and the object answers as it did.
 * By Wing and Gong's search with Lowe's memory of what was tried, over sets of states, since an unanswered call leaves open what it did.
 */
export function checkHistory<State, Call, Answer>(
  model: Model<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
  options: CheckOptions = {},
): Verdict {
  const giveUpAt = performance.now() + (options.deadlineMs ?? defaultDeadlineMs);
  const timeline = createTimeline(history);
  const tried = new Set<string>();
  const chosen: Choice<State>[] = [];
  let states: readonly State[] = [model.initial];
  let done = 0n;
  let longest: Verdict & { readonly kind: 'violated' } = { kind: 'violated', order: [], stuckAt: 0 };
  let entry = timeline.first();
  while (entry !== undefined) {
    if (performance.now() > giveUpAt) return { kind: 'undecided' };
    if (entry.isCall) {
      const next = statesAfter(model, states, history[entry.operation]);
      const doneThen: bigint = done | (1n << BigInt(entry.operation));
      if (next.size > 0 && isNew(tried, `${doneThen}|${[...next.keys()].sort().join('|')}`)) {
        chosen.push({ entry, states, done });
        states = [...next.values()];
        done = doneThen;
        timeline.takeOut(entry.operation);
        entry = timeline.first();
      } else {
        entry = entry.after;
      }
      continue;
    }
    // An answer whose call found no place before it: the last choice was wrong.
    if (chosen.length >= longest.order.length) longest = { kind: 'violated', order: orderOf(chosen), stuckAt: entry.operation };
    const last = chosen.pop();
    if (last === undefined) return longest;
    ({ states, done } = last);
    timeline.putBack(last.entry.operation);
    entry = last.entry.after;
  }
  return { kind: 'linearizable', order: orderOf(chosen) };
}

/** By their keys. */
function statesAfter<State, Call, Answer>(
  model: Model<State, Call, Answer>,
  states: readonly State[],
  operation: Operation<Call, Answer> | undefined,
): ReadonlyMap<string, State> {
  if (operation === undefined) return new Map();
  const { call, answer } = operation;
  const next = states.flatMap((state) => model.step(state, call, answer));
  // What was never answered may have done nothing.
  if (answer === undefined) next.push(...states);
  return new Map(next.map((state) => [model.key(state), state]));
}

function isNew(tried: Set<string>, key: string): boolean {
  const before = tried.size;
  return tried.add(key).size > before;
}

function orderOf(chosen: readonly Choice<unknown>[]): readonly number[] {
  return chosen.map(({ entry }) => entry.operation);
}
