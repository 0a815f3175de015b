import type { FakeAws } from './fake-aws.js';
import { meansCall } from './rule.js';

/** What is killed at each of its calls of AWS. */
export interface Killable {
  /** Before each point: `aws` is empty already; whatever else is to be as at the beginning. Its own calls are no points. */
  prepare(): Promise<void>;
  /**
   * Runs it to its end. Aborted, it is to end as soon as it can, by an error. Each run begins with what the one before it left on disk and in AWS, and with
   * nothing in memory.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** A place where a run was ended: after so many calls. */
export interface KillPoint {
  readonly calls: number;
  /** The last call, `service:Operation`, which had its effect. */
  readonly after: string;
  /** Whether that run heard of it. */
  readonly answered: boolean;
}

export interface KillPointOptions {
  /** `each`: after each call twice, once with its answer and once without. `either`: in turns, in half the time. Default: each. */
  readonly answers?: 'each' | 'either';
  /** Only after such calls, as a rule's `on` is written: `s3:*`. By the names of the first run. Default: after every one. */
  readonly only?: string;
  /** After each run to the end that followed a kill. Throws where something is wrong. */
  readonly check: (point: KillPoint) => Promise<void>;
}

/**
 * Runs it once to count its calls, and then, from nothing each time, ends it after each call (with and without the call's answer), runs it again to
 * its end and looks. Gives the points that were tried.
 */
export async function tryKillPoints(aws: FakeAws, killable: Killable, options: KillPointOptions): Promise<readonly KillPoint[]> {
  const before = await startAfresh(aws, killable);
  await killable.run(new AbortController().signal);
  const names = aws
    .log()
    .slice(before)
    .map(({ service, operation }) => `${service}:${operation}`);
  const points: KillPoint[] = [];
  for (const [index, name] of names.entries()) {
    const count = index + 1;
    if (!meansCall(options.only ?? '*', name)) continue;
    for (const answered of options.answers === 'either' ? [count % 2 === 1] : [true, false]) {
      const point = { calls: count, after: await killAfter(aws, killable, count, answered), answered };
      await killable.run(new AbortController().signal);
      await options.check(point);
      points.push(point);
    }
  }
  return points;
}

/** The name of the last call that had its effect. */
async function killAfter(aws: FakeAws, killable: Killable, calls: number, answered: boolean): Promise<string> {
  const before = await startAfresh(aws, killable);
  const end = new AbortController();
  const killed = aws.cutAfter(calls, { loseLastAnswer: !answered }).then(() => end.abort());
  const ended = await killable.run(end.signal).then(
    () => 'ended',
    () => 'killed',
  );
  const last = aws.log()[before + calls - 1];
  aws.resume();
  await killed;
  if (ended === 'ended' && last === undefined) throw new Error(`it ended before its call ${calls}`);
  return last === undefined ? 'none' : `${last.service}:${last.operation}`;
}

/** How many calls the preparation itself made. */
async function startAfresh(aws: FakeAws, killable: Killable): Promise<number> {
  await aws.reset();
  await killable.prepare();
  return aws.log().length;
}
