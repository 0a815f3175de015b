import type { Writable } from 'node:stream';
import { type CallOptions, type CheckpointReader, type CheckpointStore, HoldfastError } from '@holdfast/core';
import { parseJobName } from '@holdfast/store';
import { openArchiveTarget } from '../archive/archive-target.js';
import { exportSnapshot } from '../archive/export-snapshot.js';
import { openTransferFolder } from '../archive/transfer-folder.js';
import { openNewest } from '../repository/open-newest.js';
import { untilAborted } from '../archive/until-aborted.js';

export interface ExportJobOptions extends CallOptions {
  /** The snapshot; default: the newest that a resume would choose. */
  readonly number?: number | undefined;
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

export interface ExportReport {
  readonly job: string;
  readonly number: number;
  /** When the snapshot was taken. */
  readonly createdAt: string;
  /** Of the archive. */
  readonly archiveBytes: number;
  readonly logicalBytes: number;
}

/** What the commands of a deployment's archives work with. */
export interface ExportContext {
  readonly stateDirectory: string;
  readonly store: (options: CallOptions) => Promise<CheckpointStore>;
}

export function exportJob(context: ExportContext, job: string, target: string | Writable, options: ExportJobOptions): Promise<ExportReport> {
  return untilAborted('export', options.signal, () => doExport(context, job, target, options));
}

async function doExport(
  { stateDirectory, store: open }: ExportContext,
  job: string,
  target: string | Writable,
  { number, onProgress, signal }: ExportJobOptions,
): Promise<ExportReport> {
  parseJobName(job);
  const store = await open({ signal });
  await using reader: CheckpointReader = number === undefined ? await newest(store, job, signal) : await store.open({ job, number }, { signal });
  await using folder = await openTransferFolder(stateDirectory);
  await using archive = await openArchiveTarget(target);
  const { archiveBytes } = await exportSnapshot({
    repositoryId: store.repositoryId,
    reader,
    sink: archive,
    folder: folder.path,
    onProgress,
    signal,
  });
  await archive.finish();
  const { number: exported, createdAt, logicalBytes } = reader.summary;
  return { job, number: exported, createdAt, archiveBytes, logicalBytes };
}

/** The newest one that can be read, as a resume chooses. */
async function newest(store: CheckpointStore, job: string, signal: AbortSignal | undefined): Promise<CheckpointReader> {
  const reader = await openNewest(store, job, signal);
  if (reader !== undefined) return reader;
  const isThere = (await store.jobs({ signal })).includes(job);
  throw new HoldfastError(isThere ? 'HF_CHECKPOINT_MISSING' : 'HF_JOB_MISSING', {
    message: isThere ? `job ${job} has no snapshot that can be read` : `there is no job ${job} in this storage`,
    kind: 'not-found',
    operation: 'export',
    context: { job },
    hint: isThere ? `holdfast show ${job} lists its snapshots, holdfast verify ${job} names what is damaged` : 'holdfast list names the jobs',
  });
}
