import { join } from 'node:path';
import { startVolumeServers, volumeMachine } from '@holdfast/testkit/juicefs';
import { type BenchMachine, holdfastOn } from '../holdfast/bench-machine.ts';
import { localMachine } from '../holdfast/local-machine.ts';
import { type BareImages, dumpBare } from './bare-images.ts';
import { type HeldJob, holdJob } from './held-job.ts';
import type { MeasuredResume } from './measured-resume.ts';
import { forgetFiles, readFiles } from './page-cache.ts';
import { isBare, isCold, isLazy, isOnJuicefs, type ResumeWay } from './resume-way.ts';

export interface ResumePlace {
  /** On disk, of this size alone; it is made. */
  readonly folder: string;
  /** The compiled heartbeat.c. */
  readonly program: string;
  /** The compiled measure.c. */
  readonly measure: string;
  /** What `holdfast run` knows. */
  readonly options: ReadonlySet<string>;
}

export type WayResult = readonly MeasuredResume[] | { readonly absent: string };

export interface SizeResult {
  readonly ways: ReadonlyMap<ResumeWay, WayResult>;
  readonly fileBytes: number | undefined;
  readonly storedBytes: number | undefined;
}

/** Brings the same program back in several ways, in turns; which comes first changes with the round. */
export async function measureSize(place: ResumePlace, sizeMib: number, ways: readonly ResumeWay[], runs: number): Promise<SizeResult> {
  await using cleanup = new AsyncDisposableStack();
  const results = new Map<ResumeWay, WayResult>(ways.map((way) => [way, []]));
  const subjects = await prepare(place, sizeMib, ways, cleanup);
  for (let run = 0; run < runs; run += 1) {
    for (const way of run % 2 === 0 ? ways : ways.toReversed()) {
      const before = results.get(way) ?? [];
      if ('absent' in before) continue;
      try {
        results.set(way, [...before, await subjects.resume(way, run)]);
      } catch (error) {
        results.set(way, { absent: (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ') });
      }
    }
  }
  return { ways: results, fileBytes: subjects.local?.fileBytes, storedBytes: subjects.local?.storedBytes };
}

interface Subjects {
  readonly local: HeldJob | undefined;
  resume(way: ResumeWay, run: number): Promise<MeasuredResume>;
}

async function prepare(place: ResumePlace, sizeMib: number, ways: readonly ResumeWay[], cleanup: AsyncDisposableStack): Promise<Subjects> {
  const { folder, program, measure } = place;
  const storage = join(folder, 'storage');
  const onLocal = (name: string): Promise<BenchMachine> => localMachine(storage, join(folder, `local-${name}`));
  const wants = (kind: (way: ResumeWay) => boolean): boolean => ways.some(kind);
  let bare: BareImages | undefined;
  if (wants(isBare)) bare = await dumpBare(join(folder, 'bare'), program, sizeMib);
  let local: HeldJob | undefined;
  if (wants((way) => !isBare(way) && !isOnJuicefs(way))) local = await hold(join(folder, 'local'), await onLocal('first'));
  const volume = wants(isOnJuicefs) ? await prepareVolume() : undefined;
  return { local, resume };

  async function hold(own: string, machine: BenchMachine): Promise<HeldJob> {
    await holdfastOn(machine, 'storage', 'provision');
    return await holdJob(own, program, sizeMib, machine);
  }

  async function prepareVolume(): Promise<{ readonly job: HeldJob; machine(name: string): Promise<BenchMachine> } | undefined> {
    const servers = cleanup.use(await startVolumeServers('redis'));
    const machine = (name: string): Promise<BenchMachine> => volumeMachine(servers, join(folder, `juicefs-${name}`));
    return { job: await hold(join(folder, 'juicefs'), await machine('first')), machine };
  }

  async function resume(way: ResumeWay, run: number): Promise<MeasuredResume> {
    const warmth = isCold(way) ? (path: string): Promise<void> => forgetFiles(measure, path) : readFiles;
    if (isBare(way)) {
      if (bare === undefined) throw new Error('there are no images');
      await warmth(bare.folder);
      return await bare.resume();
    }
    const options = place.options.has('--resume') ? ['--resume', isLazy(way) ? 'lazy' : 'eager'] : [];
    if (isLazy(way) && options.length === 0) throw new Error('this `holdfast run` has no --resume');
    const name = `${way}-${run}`;
    if (isOnJuicefs(way)) {
      if (volume === undefined) throw new Error('there is no volume');
      const machine = await volume.machine(name);
      // Mounted before, as it would be on a machine that waits for work; its cache is empty.
      await holdfastOn(machine, 'storage', 'attach');
      return await volume.job.resume(machine, options);
    }
    if (local === undefined) throw new Error('there is no local store');
    await warmth(storage);
    return await local.resume(await onLocal(name), options);
  }
}
