import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFacts } from './changed-pages.ts';
import { type Turn, takeTurn } from './contest.ts';
import { type Contestant, contestants } from './contestant.ts';
import type { SubjectResult } from './figures.ts';
import { SnapshotSeries } from './snapshot-series.ts';
import type { Subject } from './subject.ts';
import { type Images, takeImages } from './take-images.ts';

export interface Workplace {
  /** A folder for the dumps, made here and removed at the end. */
  readonly images: string;
  readonly repositories: string;
  readonly jobProgram: string;
  readonly measureProgram: string;
  readonly present: readonly Contestant[];
  readonly rounds: number;
  /** Whether Holdfast also stores ten dumps of each mixed-5. */
  readonly withSeries: boolean;
}

const seriesLength = 10;

/** Dumps the job twice, then lets every contestant store and restore the same images in each round. */
export async function measureSubject(subject: Subject, workplace: Workplace): Promise<SubjectResult> {
  const { present, rounds, repositories, measureProgram } = workplace;
  try {
    const { images, seriesPackBytes } = await dumps(subject, workplace);
    const facts = await imageFacts(images.before, images.after);
    const turns: Turn[] = [];
    const arena = { measureProgram, repositories, target: join(workplace.images, 'restored') };
    for (let round = 0; round < rounds; round++) {
      // Another one begins in each round, so that none always follows the same other.
      const start = round % present.length;
      for (const contestant of [...present.slice(start), ...present.slice(0, start)]) turns.push(await takeTurn(contestant, images, arena));
    }
    return { subject, facts, turns, seriesPackBytes };
  } finally {
    await removeFolder(workplace.images);
  }
}

interface Dumps {
  readonly images: Images;
  readonly seriesPackBytes: readonly number[];
}

/** For the series the job goes on to ten dumps, which Holdfast alone stores as they come. */
async function dumps(subject: Subject, { withSeries, present, images: folder, jobProgram, measureProgram, repositories }: Workplace): Promise<Dumps> {
  const taker = { program: jobProgram, folder, subject, remove: removeFolder };
  if (!withSeries || subject.shape !== 'mixed-5' || !present.includes(contestants.holdfast))
    return { images: await takeImages({ ...taker, count: 2 }), seriesPackBytes: [] };
  await using series = new SnapshotSeries(contestants.holdfast, measureProgram, repositories);
  const each = (images: string, number: number, previous: string | undefined): Promise<void> => series.add(images, number, previous);
  return { images: await takeImages({ ...taker, count: seriesLength, each }), seriesPackBytes: series.packBytes };
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
