import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import type { CallOptions, CheckpointStore, Clock, Logger, MetadataStore } from '@holdfast/core';
import { parseJobName } from '@holdfast/store';
import { readArchiveSource } from '../archive/archive-source.js';
import { importAttemptPrefix } from '../archive/claim-new-job.js';
import { type ImportedSnapshot, importSnapshot } from '../archive/import-snapshot.js';
import { openTransferFolder } from '../archive/transfer-folder.js';
import { untilAborted } from '../archive/until-aborted.js';
import { startedNote } from '../catalog/attempt-note.js';
import { madeJob, noteMade } from '../catalog/made-job.js';
import { ownProcessIdentity } from '../container/process-identity.js';
import type { ExportContext } from './export-job.js';

export interface ImportJobOptions extends CallOptions {
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

export interface ImportReport {
  readonly job: string;
  readonly number: number;
  readonly logicalBytes: number;
  readonly storedBytes: number;
  /** What was exported, and when it was taken. */
  readonly source: { readonly repository: string; readonly job: string; readonly number: number; readonly createdAt: string };
  readonly command: readonly string[];
  readonly workingDirectory: string;
}

export interface ImportContext extends ExportContext {
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
  readonly leaseTtlMs: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function importJob(context: ImportContext, source: string | Readable, job: string, options: ImportJobOptions): Promise<ImportReport> {
  return untilAborted('import', options.signal, () => doImport(context, source, job, options));
}

async function doImport(context: ImportContext, source: string | Readable, job: string, options: ImportJobOptions): Promise<ImportReport> {
  parseJobName(job);
  const { signal, onProgress } = options;
  const [store, catalog] = await Promise.all([context.store({ signal }), context.catalog({ signal })]);
  await using folder = await openTransferFolder(context.stateDirectory);
  const holder = { attempt: `${importAttemptPrefix}${randomBytes(6).toString('hex')}`, host: hostname(), ...ownProcessIdentity() };
  const { leaseTtlMs, logger, clock } = context;
  const archive = readArchiveSource(source, signal);
  const imported = await importSnapshot({
    store,
    catalog,
    job,
    holder,
    leaseTtlMs,
    logger,
    source: archive,
    folder: folder.path,
    onProgress,
    signal,
  });
  // The catalog is an index: what it misses here, a rebuild mends.
  await note(catalog, store, imported, clock.now().toISOString()).catch((error: unknown) =>
    logger.warn({ job, error: String(error) }, 'the catalog missed an imported job'),
  );
  const { number, logicalBytes, storedBytes } = imported.summary;
  const { command, workingDirectory } = imported.metadata;
  return { job, number, logicalBytes, storedBytes, source: imported.source, command, workingDirectory };
}

async function note(catalog: MetadataStore, store: CheckpointStore, { summary, metadata }: ImportedSnapshot, now: string): Promise<void> {
  const record = madeJob(store.repositoryId, summary.job, metadata, now);
  await store.note(summary, 'started', { ...startedNote(record, undefined) });
  await noteMade(catalog, record, summary, metadata, {});
}
