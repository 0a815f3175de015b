/** A time during which the job's heart did not beat. Nanoseconds of the wall clock. */
export interface Gap {
  readonly endNs: bigint;
  readonly lengthNs: bigint;
}

/** How much the job had done at a moment. */
export interface WorkNote {
  readonly atNs: bigint;
  readonly units: number;
}

/** What a job has written about itself; heartbeat.c says how. */
export interface HeartReport {
  /** The memory is filled. */
  readonly isBeating: boolean;
  readonly gaps: readonly Gap[];
  readonly work: readonly WorkNote[];
}

/** The last line may be cut short: the job is writing it. Throws on any other line that is none of a report. */
export function parseReport(text: string): HeartReport {
  const lines = text.split('\n').slice(0, -1);
  const gaps: Gap[] = [];
  const work: WorkNote[] = [];
  for (const line of lines) {
    const [, isWork, first, second] = /^(w )?(\d+) (\d+)$/.exec(line) ?? [];
    if (first === undefined || second === undefined) {
      if (line === '') continue;
      throw new Error(`${JSON.stringify(line)} is no line of a heartbeat's report`);
    }
    if (isWork === undefined) gaps.push({ endNs: BigInt(first), lengthNs: BigInt(second) });
    else work.push({ atNs: BigInt(first), units: Number(second) });
  }
  return { isBeating: lines.includes(''), gaps, work };
}

/** The largest gap that ended after `fromNs`; undefined where there was none. */
export function largestGap({ gaps }: HeartReport, fromNs: bigint): Gap | undefined {
  const later = gaps.filter(({ endNs }) => endNs > fromNs);
  return later.toSorted((a, b) => Number(b.lengthNs - a.lengthNs))[0];
}

/** The end of the first gap that ended after `fromNs`: what a resumed job does first. */
export function firstBeatNs({ gaps }: HeartReport, fromNs: bigint): bigint | undefined {
  return gaps.map(({ endNs }) => endNs).find((endNs) => endNs > fromNs);
}

/** What was done between two moments, read between the notes; undefined where the notes do not reach that far. */
export function unitsBetween({ work }: HeartReport, fromNs: bigint, toNs: bigint): number | undefined {
  const [from, to] = [unitsAt(work, fromNs), unitsAt(work, toNs)];
  return from === undefined || to === undefined ? undefined : to - from;
}

function unitsAt(work: readonly WorkNote[], atNs: bigint): number | undefined {
  const after = work.findIndex((note) => note.atNs >= atNs);
  const [before, next] = [work[after - 1], work[after]];
  if (next === undefined) return undefined;
  if (next.atNs === atNs) return next.units;
  if (before === undefined) return undefined;
  const share = Number(atNs - before.atNs) / Number(next.atNs - before.atNs);
  return before.units + (next.units - before.units) * share;
}
