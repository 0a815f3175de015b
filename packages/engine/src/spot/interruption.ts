/** The announced end of this machine. */
export interface Interruption {
  /** `terminate` and `stop` lose the memory; `hibernate` begins at once and keeps it. */
  readonly action: 'terminate' | 'stop' | 'hibernate';
  readonly at: Date;
}

/** This machine is more likely than others to be interrupted soon. */
export interface Rebalance {
  readonly noticedAt: Date;
}

/** What a notice leaves at least, where it does not tell its time in a way that is understood: two minutes, less one look. */
const assumedMs = 115_000;

/**
 * Reads `spot/instance-action`. Undefined for what is no notice at all. What there is of a notice counts: an action that nobody knows yet is taken for the
 * end of the machine, and a time that cannot be read for the earliest one.
 */
export function parseInterruption(text: string, now: Date): Interruption | undefined {
  const { action, time } = fieldsOf(text);
  if (typeof action !== 'string') return undefined;
  const atMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return {
    action: action === 'stop' || action === 'hibernate' ? action : 'terminate',
    at: new Date(Number.isNaN(atMs) ? now.getTime() + assumedMs : atMs),
  };
}

/** Reads `events/recommendations/rebalance`. Undefined for what is none. */
export function parseRebalance(text: string): Rebalance | undefined {
  const { noticeTime } = fieldsOf(text);
  const atMs = typeof noticeTime === 'string' ? Date.parse(noticeTime) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : { noticedAt: new Date(atMs) };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
