import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AttemptView, type HeldRun, numberField } from '@holdfast/testkit/victims';

/** What a run is doing, as far as it can be told from outside: by its events, its folders, its processes and its control group. */
export const phases = [
  /** The line was given; no job runs yet. */
  'starting',
  /** The newest snapshot is read and checked, its files are put back, its images are rebuilt. */
  'restoring-files',
  /** CRIU rebuilds the processes. */
  'restoring-memory',
  /** The job runs, resumed lazily, and not all of its memory is there. */
  'fetching',
  /** The job runs and no snapshot is being taken. */
  'running',
  /** A snapshot has begun and the job is not frozen yet. */
  'pre-copy',
  /** The job's control group is frozen. */
  'frozen',
  /** The job runs again; its state is being stored. */
  'persisting',
  /** The manifest is being written, or has its name but is not reported yet. */
  'committing',
  /** A snapshot was reported and older ones are being removed. */
  'pruning',
  /** The job has ended and Holdfast has not. */
  'finishing',
] as const;

export type Phase = (typeof phases)[number];

/** Looks at one run. Must be asked every few milliseconds: that a snapshot has been frozen is known by having seen it. */
export class PhaseWatch {
  readonly #run: HeldRun;
  readonly #manifests: string;
  readonly #keep: number;
  #frozenIn = 0;
  #pruningAfter = 0;
  #lookedAfter = 0;

  constructor(run: HeldRun, jobDirectory: string, keep: number) {
    this.#run = run;
    this.#manifests = join(jobDirectory, 'manifests');
    this.#keep = keep;
  }

  now(): Phase {
    const view = this.#run.view();
    if (view === undefined) return 'starting';
    if (view.jobHasEnded() || this.#run.has('job.exited')) return 'finishing';
    const begun = this.#run.has('job.started') || this.#run.has('job.resumed');
    if (!begun) return this.#beginning(view);
    if (this.#isFetching()) return 'fetching';
    const last = this.#run.events.findLast(({ type }) => type !== 'snapshot.progress' && /^snapshots?\./.test(type))?.type;
    if (last === 'snapshot.started') return this.#inSnapshot(view);
    if (last === 'snapshot.committed' && this.#isPruning()) return 'pruning';
    return 'running';
  }

  #beginning(view: AttemptView): Phase {
    if (!view.isRestoring()) return 'starting';
    return view.pidsOf('criu').length > 0 ? 'restoring-memory' : 'restoring-files';
  }

  #isFetching(): boolean {
    const resumed = this.#run.last('job.resumed');
    return resumed !== undefined && (numberField(resumed, 'missingBytes') ?? 0) > 0 && !this.#run.has('resume.whole');
  }

  #inSnapshot(view: AttemptView): Phase {
    const snapshot = this.#run.count('snapshot.started');
    if (view.group.isFrozen()) {
      this.#frozenIn = snapshot;
      return 'frozen';
    }
    if (this.#frozenIn < snapshot) return 'pre-copy';
    const names = this.#names();
    const told = this.#run.toldSnapshot();
    const written = names.some((name) => name.startsWith('tmp.') || (told > 0 && Number(name.slice(0, 10)) > told));
    return written ? 'committing' : 'persisting';
  }

  #isPruning(): boolean {
    const committed = this.#run.count('snapshot.committed');
    if (this.#lookedAfter !== committed) {
      this.#lookedAfter = committed;
      // A mark makes a manifest count as removed.
      const there = this.#names().filter((name) => name.endsWith('.manifest')).length - this.#files('.condemned').length;
      if (there > this.#keep) this.#pruningAfter = committed;
    }
    return this.#pruningAfter === committed;
  }

  #names(): readonly string[] {
    return this.#files('.manifest');
  }

  #files(part: string): readonly string[] {
    try {
      return readdirSync(this.#manifests).filter((name) => name.includes(part));
    } catch {
      return [];
    }
  }
}
