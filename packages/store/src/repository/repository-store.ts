import { join } from 'node:path';
import type {
  CallOptions,
  CheckpointMetadata,
  CheckpointReader,
  CheckpointRef,
  CheckpointStore,
  CheckpointSummary,
  CheckpointWriter,
  Epoch,
  EpochEnd,
  EpochHistory,
  EpochHolder,
  EpochStart,
  JobRemoval,
  JobState,
  NotedEpoch,
  NoteKind,
  PrunePolicy,
  PruneReport,
  SnapshotUsage,
  VerifyReport,
} from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import { assertCurrent } from '../epoch/assert-current.js';
import { claimEpoch } from '../epoch/claim.js';
import { isEligible } from '../epoch/eligibility.js';
import { jobHistory } from '../epoch/job-history.js';
import { writeNote } from '../epoch/write-note.js';
import { endEpoch } from '../epoch/end-epoch.js';
import { viewJob } from '../epoch/job-view.js';
import { readEnd } from '../epoch/read-epoch.js';
import { withdrawEpoch } from '../epoch/withdraw.js';
import { checkpointMissing } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { forkJob } from '../fork/fork-job.js';
import { isJobName, parseJobName } from '../job-name.js';
import { jobUsage } from '../maintenance/job-usage.js';
import { pruneJob } from '../maintenance/prune.js';
import { verifyRepository } from '../maintenance/verify.js';
import { toCheckpointSummary, toRef } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import { pinnedReader } from '../pins/pinned-reader.js';
import { pinToRead } from '../pins/read-pin.js';
import { RepositoryReader } from '../read/checkpoint-reader.js';
import { removeJob } from '../removal/remove-job.js';
import { beginSnapshot, type NumbersBegun } from '../write/begin-snapshot.js';
import { assertSame } from './assert-same.js';
import { type JobPaths, jobPaths, type StoreContext } from './store-context.js';

/** CheckpointStore on a directory; each call finds the job anew, since others may have changed it. */
export class RepositoryStore implements CheckpointStore {
  readonly repositoryId: string;
  readonly #context: StoreContext;
  readonly #begun: NumbersBegun = new Map();

  constructor(context: StoreContext) {
    this.#context = context;
    this.repositoryId = context.repositoryId;
  }

  async jobs(options?: CallOptions): Promise<readonly string[]> {
    throwIfAborted(options?.signal, 'store.jobs');
    await assertSame(this.#context);
    return (await listIfThere(this.#context.files, join(this.#context.root, 'jobs'))).filter(isJobName).sort();
  }

  async state(job: string, options?: CallOptions): Promise<JobState> {
    throwIfAborted(options?.signal, 'store.state');
    const paths = this.#paths(job);
    const listing = await viewJob(this.#context, paths);
    const { current, eligible } = listing;
    const sources = listing.sources.filter(({ epoch }) => listing.ready.has(epoch)).map(({ job: source, number }) => ({ job: source, number }));
    if (current === undefined) return { job, epoch: undefined, newest: undefined, sources };
    const { epoch, attempt, firstNumber, holder, claimedAt } = current;
    const end = await readEnd(this.#context, paths, epoch);
    return {
      job,
      newest: eligible[0]?.number,
      sources,
      epoch: {
        job,
        epoch,
        attempt,
        firstNumber,
        holder,
        claimedAt,
        from: current.from === undefined ? undefined : toRef(job, current.from),
        end: end === undefined ? undefined : { exitCode: end.exitCode, endedAt: end.endedAt },
      },
    };
  }

  async claim(job: string, holder: EpochHolder, start: EpochStart, options?: CallOptions): Promise<Epoch> {
    await assertSame(this.#context);
    return await claimEpoch(this.#context, this.#paths(job), holder, start, options?.signal);
  }

  async withdraw(epoch: Epoch, options?: CallOptions): Promise<boolean> {
    throwIfAborted(options?.signal, 'store.withdraw');
    return await withdrawEpoch(this.#context, this.#paths(epoch.job), epoch);
  }

  async assertCurrent(epoch: Epoch, options?: CallOptions): Promise<void> {
    throwIfAborted(options?.signal, 'store.assertCurrent');
    await assertCurrent(this.#context, this.#paths(epoch.job), epoch);
  }

  async end(epoch: Epoch, end: EpochEnd, options?: CallOptions): Promise<void> {
    throwIfAborted(options?.signal, 'store.end');
    await endEpoch(this.#context, this.#paths(epoch.job), epoch, end);
  }

  async note(epoch: NotedEpoch, kind: NoteKind, note: CheckpointMetadata, options?: CallOptions): Promise<boolean> {
    throwIfAborted(options?.signal, 'store.note');
    return await writeNote(this.#context, this.#paths(epoch.job), epoch, kind, note);
  }

  async history(job: string, options?: CallOptions): Promise<readonly EpochHistory[]> {
    return await jobHistory(this.#context, this.#paths(job), options?.signal);
  }

  async begin(epoch: Epoch, parent: CheckpointRef | undefined, options?: CallOptions): Promise<CheckpointWriter> {
    throwIfAborted(options?.signal, 'store.begin');
    await assertSame(this.#context);
    return await beginSnapshot(this.#context, this.#paths(epoch.job), epoch, parent, this.#begun);
  }

  async open(ref: Pick<CheckpointRef, 'job' | 'number'>, options?: CallOptions): Promise<CheckpointReader> {
    throwIfAborted(options?.signal, 'store.open');
    const paths = this.#paths(ref.job);
    const pin = await pinToRead(this.#context, paths, ref.number, 'read');
    try {
      // Looked for only now: a prune that has not seen the pin has made its mark.
      const { eligible, manifests } = await viewJob(this.#context, paths);
      const chosen = eligible.find(({ number }) => number === ref.number);
      const name = chosen ?? manifests.find(({ number }) => number === ref.number);
      if (name === undefined) throw checkpointMissing(ref.job, ref.number, 'is not there');
      return pinnedReader(new RepositoryReader(this.#context, await readManifest(this.#context, paths, name), chosen !== undefined), pin);
    } catch (error) {
      await pin[Symbol.asyncDispose]();
      throw error;
    }
  }

  async fork(...[from, to, holder, options]: Parameters<CheckpointStore['fork']>): Promise<CheckpointSummary> {
    await assertSame(this.#context);
    return await forkJob(this.#context, this.#paths(to), { from, holder, signal: options?.signal });
  }

  async list(job: string, options?: CallOptions): Promise<readonly CheckpointSummary[]> {
    const paths = this.#paths(job);
    const { manifests, lineage } = await viewJob(this.#context, paths);
    const summaries: CheckpointSummary[] = [];
    for (const name of manifests) {
      throwIfAborted(options?.signal, 'store.list');
      try {
        const { summary } = await readManifest(this.#context, paths, name);
        summaries.push(toCheckpointSummary(summary, isEligible(lineage, name)));
      } catch (error) {
        if (!isHoldfastError(error) || (error.kind !== 'corrupt' && error.kind !== 'newer-format' && error.kind !== 'not-found')) throw error;
        this.#context.logger.warn({ job, number: name.number, error }, 'a snapshot that cannot be read is left out');
      }
    }
    return summaries;
  }

  async verify(job: string | undefined, options?: CallOptions & { readonly onProgress?: (bytes: number) => void }): Promise<VerifyReport> {
    throwIfAborted(options?.signal, 'store.verify');
    return await verifyRepository(this.#context, job === undefined ? undefined : parseJobName(job), options);
  }

  async usage(job: string, options?: CallOptions): Promise<readonly SnapshotUsage[]> {
    return await jobUsage(this.#context, this.#paths(job), options?.signal);
  }

  async prune(job: string, policy: PrunePolicy, options: Parameters<CheckpointStore['prune']>[2] = {}): Promise<PruneReport> {
    return await pruneJob(this.#context, this.#paths(job), policy, options);
  }

  async remove(...[job, holder, options]: Parameters<CheckpointStore['remove']>): Promise<JobRemoval> {
    return await removeJob(this.#context, this.#paths(job), { holder, force: options?.force === true, signal: options?.signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.workers[Symbol.asyncDispose]();
  }

  #paths(job: string): JobPaths {
    return jobPaths(this.#context.root, parseJobName(job));
  }
}
