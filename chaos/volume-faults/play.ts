import { setTimeout as delay } from 'node:timers/promises';
import { type HeldRun, textField } from '@holdfast/testkit/victims';
import { type Fault, faultsOf } from './faults.ts';
import { forGood } from './for-good.ts';
import { midPersist } from './mid-persist.ts';
import type { Engine } from './options.ts';
import { SecondMount } from './second-mount.ts';
import { job, setStage } from './stage.ts';

export interface FaultTally {
  readonly fault: string;
  readonly failedSnapshots: number;
  /** From the fault's end to the next snapshot that was committed; that which was under way may be it. */
  readonly committedAfterMs: number | undefined;
  /** What the user was told, once each. */
  readonly told: readonly string[];
}

export interface VolumeTally {
  readonly engine: Engine;
  readonly faults: FaultTally[];
  committed: number;
  longestGapMs: number;
  /** How often the second mount chose a snapshot and found it whole, and how many different ones. */
  verifiedCount: number;
  snapshotCount: number;
  /** From the job's end to that of Holdfast, with the bucket gone for good. */
  endedAfterMs: number;
  readonly problems: string[];
}

/** Far above any freeze, far below how long a fault lasts. */
const longestAllowedGapMs = 4000;
const goesOnMs = 120_000;

/** One engine's campaign. What is wrong is told in the tally. */
export async function play(engine: Engine, folder: string, quick: boolean, say: (line: string) => void): Promise<VolumeTally> {
  const tally: VolumeTally = {
    engine,
    faults: [],
    committed: 0,
    longestGapMs: 0,
    verifiedCount: 0,
    snapshotCount: 0,
    endedAfterMs: 0,
    problems: [],
  };
  await using stage = await setStage(
    engine,
    folder,
    quick ? { commitTimeout: '6s', changedMebibytes: 2 } : { commitTimeout: '20s', changedMebibytes: 32 },
  );
  const run = stage.start(stage.one);
  if (!(await run.until(() => run.toldSnapshot() >= 1, goesOnMs))) throw new Error('no snapshot was committed');
  await stage.command(stage.two, ['storage', 'attach']);
  {
    await using second = new SecondMount(stage.two.mountPath, job);
    for (const fault of faultsOf(stage.servers, stage.one, quick)) {
      say(`${engine}: ${fault.name}`);
      await suffer(run, fault, tally);
    }
    [tally.verifiedCount, tally.snapshotCount] = [second.verifiedCount, second.snapshotCount];
    tally.problems.push(...second.wrong);
  }
  say(`${engine}: bucket away for good`);
  await forGood(stage, run, tally);
  tally.committed = run.count('snapshot.committed');
  if (tally.longestGapMs > longestAllowedGapMs) tally.problems.push(`the job stood still for ${tally.longestGapMs} ms`);
  return tally;
}

async function suffer(run: HeldRun, fault: Fault, { faults, problems }: VolumeTally): Promise<void> {
  const from = run.events.length;
  const count = (type: string): number => run.events.slice(from).filter((event) => event.type === type).length;
  if (!(await midPersist(run, goesOnMs))) problems.push(`${fault.name}: no snapshot was being stored`);
  await fault.begin();
  if (typeof fault.lasts === 'number') await delay(fault.lasts);
  else {
    const type = fault.lasts === 'until-told' ? 'snapshot.failed' : 'snapshot.committed';
    // Two: the first may be that which was stored already.
    const enough = type === 'snapshot.failed' ? 1 : 2;
    if (!(await run.until(() => count(type) >= enough, goesOnMs))) problems.push(`${fault.name}: no ${type} in ${goesOnMs / 1000} s`);
  }
  // What began in the fault may fail after it, when nothing is wrong any more.
  const failed = run.events.slice(from).filter(({ type }) => type === 'snapshot.failed');
  await fault.end();
  const [endedAt, committed] = [performance.now(), run.count('snapshot.committed')];
  const goesOn = await run.until(() => run.count('snapshot.committed') > committed, goesOnMs);
  const committedAfterMs = goesOn ? Math.round(performance.now() - endedAt) : undefined;
  if (!goesOn) problems.push(`${fault.name}: no snapshot was committed within ${goesOnMs / 1000} s after its end`);
  for (const event of failed) {
    const message = textField(event, 'message') ?? '';
    if (!fault.cause.test(message)) problems.push(`${fault.name}: a failed snapshot does not name it: ${message}`);
    if ((textField(event, 'hint') ?? '') === '') problems.push(`${fault.name}: a failed snapshot has no hint: ${message}`);
  }
  const told = [...new Set(failed.map((event) => `${textField(event, 'code')}: ${textField(event, 'message')}`))];
  faults.push({ fault: fault.name, failedSnapshots: failed.length, committedAfterMs, told });
}
