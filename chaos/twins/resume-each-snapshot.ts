import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type HeldLine, HeldRun, machineGone, memoryNotes, numberField } from '@holdfast/testkit/victims';
import { inCampaignFolder } from '../line/campaign-folder.ts';
import { twinOptions } from './line-options.ts';
import { memoryCounter } from './memory-counter.ts';

export interface ConsistencyOptions {
  /** By twin, each of which is resumed from. */
  readonly snapshots: number;
  readonly holdfast: readonly [string, ...string[]];
  readonly interval: string;
  readonly say: (text: string) => void;
}

export interface ConsistencyResult {
  readonly byTwin: number;
  readonly resumes: number;
  readonly memory: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** More than the campaign will ever count. */
const scale = 100_000;
const deadlineMs = 120_000;
/** Holdfast may have good reasons not to take a twin, but not for ever. */
const mostAttemptsEach = 4;

/**
 * One counter, whose machine is lost after each snapshot, a moment later. The counter itself compares its memory, its file, its shared mapping and its unlinked
 * file after every step, and all of its memory after a resume: where they are not of one instant it ends with a status of its own.
 */
export async function resumeEachSnapshot(options: ConsistencyOptions): Promise<ConsistencyResult> {
  const { snapshots, holdfast, interval, say } = options;
  const isToBeKept = ({ problems }: ConsistencyResult): boolean => problems.length > 0;
  return await inCampaignFolder({ parent: '/var/tmp', prefix: 'holdfast-consistency-', say, isToBeKept }, async (folder) => {
    const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
    for (const place of [work, logs]) await mkdir(place);
    const { command } = await memoryCounter.prepare(work, { scale });
    const more = [...(await twinOptions(holdfast)), '--keep', '2'];
    const [storage, stateDirectory] = [join(folder, 'storage'), join(folder, 'state')];
    const line: HeldLine = { holdfast, storage, stateDirectory, job: 'counter', interval, more, workingDirectory: work, command, logs };
    const memory: Record<string, number> = {};
    let [byTwin, resumes, told] = [0, 0, 0];
    const result = (...problems: readonly string[]): ConsistencyResult => ({ byTwin, resumes, memory, problems });
    // The last resume is of the last snapshot, and takes none.
    for (let attempt = 0; attempt < mostAttemptsEach * snapshots + 1; attempt += 1) {
      const run = new HeldRun(line, attempt);
      const isLast = byTwin >= snapshots;
      const took = await run.until(() => run.count('snapshot.committed') > 0 || (isLast && run.has('resume.whole')), deadlineMs);
      // Some steps more, with all of its memory there.
      if (took) await delay(Math.random() * 40 + (isLast ? 500 : 0));
      const end = run.end;
      const from = numberField(run.last('job.resumed') ?? { type: '' }, 'snapshot');
      if (from !== undefined) resumes += 1;
      for (const { text } of memoryNotes(run.events)) memory[text] = (memory[text] ?? 0) + 1;
      byTwin += run.events.filter((event) => event.type === 'snapshot.committed' && event['memoryFrom'] === 'twin').length;
      await machineGone(run);
      if (end !== undefined)
        return result(`attempt ${attempt} ended with ${end.signal ?? `status ${end.status}`}: ${(await readFile(run.printed, 'utf8')).slice(-300)}`);
      if (!took) return result(`attempt ${attempt} took no snapshot within ${deadlineMs} ms`);
      if (told > 0 && (from === undefined || from < told))
        return result(`attempt ${attempt} went on from snapshot ${from}, although ${told} was reported`);
      told = Math.max(told, run.toldSnapshot());
      if (isLast) return result();
      if (attempt % 20 === 19) say(`${byTwin} of ${snapshots} snapshots by twin, ${resumes} resumes`);
    }
    return result(`only ${byTwin} of ${snapshots} snapshots were taken by twin`);
  });
}
