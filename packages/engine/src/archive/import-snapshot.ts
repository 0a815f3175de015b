import { type CheckpointSummary, type CheckpointWriter, type Epoch, HoldfastError } from '@holdfast/core';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';
import { archiveCorrupt } from './archive-errors.js';
import type { ArchivedObject, ArchiveManifest } from './archive-manifest.js';
import { visitArchive } from './archive-members.js';
import { checkContents, checkDescription, isLookedAt } from './assert-restorable.js';
import { assertNewJob, claimNewJob, type NewJob } from './claim-new-job.js';
import { holdContent } from './held-content.js';
import { objectInput } from './member-object.js';
import { memoryLikeness } from './memory-likeness.js';
import { packedBytes } from './sparse-map.js';

const inMemoryBytes = 4 * 1024 * 1024;
/** As much as a reader reads into memory: nothing that a restore looks at whole is larger. */
const lookedAtLimitBytes = 256 * 1024 * 1024;

export interface ImportOptions extends NewJob {
  readonly source: AsyncIterable<Uint8Array>;
  /** An empty folder for large objects on their way. */
  readonly folder: string;
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

export interface ImportedSnapshot {
  readonly summary: CheckpointSummary;
  readonly metadata: SnapshotMetadata;
  /** What was exported. */
  readonly source: ArchiveManifest['source'];
}

/**
 * Takes an archive in as the first snapshot of a new job. The job is claimed once the manifest is right, and the snapshot committed once everything is:
 * whatever stops it before, nothing can be chosen, and the same import may be tried again.
 */
export async function importSnapshot(options: ImportOptions): Promise<ImportedSnapshot> {
  const { store, job, source, signal } = options;
  await assertNewJob(store, job, signal);
  await using incoming = new IncomingSnapshot(options);
  await visitArchive(source, {
    manifest: (manifest) => incoming.begin(manifest),
    content: (object, body) => incoming.put(object, body),
  });
  return await incoming.commit();
}

interface Begun {
  readonly epoch: Epoch;
  readonly manifest: ArchiveManifest;
  readonly metadata: SnapshotMetadata;
  readonly writer: CheckpointWriter;
  readonly totalBytes: number;
}

class IncomingSnapshot implements AsyncDisposable {
  readonly #options: ImportOptions;
  readonly #contents = new Map<string, Uint8Array>();
  #begun: Begun | undefined;
  #likes: Promise<ReadonlyMap<string, string>> | undefined;
  #bytes = 0;
  #committed = false;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async begin(manifest: ArchiveManifest): Promise<void> {
    const { store, signal } = this.#options;
    const metadata = checkDescription(manifest);
    const epoch = await claimNewJob(this.#options);
    const writer = await store.begin(epoch, undefined, { signal }).catch(async (error: unknown) => {
      await withdraw(this.#options, epoch);
      throw error;
    });
    const totalBytes = manifest.objects.reduce((sum, object) => sum + packedBytes(object), 0);
    this.#begun = { epoch, manifest, metadata, writer, totalBytes };
  }

  async put(object: ArchivedObject, body: AsyncIterable<Buffer>): Promise<string> {
    const { folder, signal, onProgress } = this.#options;
    const { metadata, writer, totalBytes } = this.#current();
    signal?.throwIfAborted();
    const sizeBytes = packedBytes(object);
    const isKept = isLookedAt(object.key, metadata);
    if (isKept && sizeBytes > lookedAtLimitBytes) throw archiveCorrupt(`${object.member} is larger than any such object`);
    await using held = await holdContent(body, { sizeBytes, inMemoryBytes: isKept ? lookedAtLimitBytes : inMemoryBytes, folder });
    if (isKept && held.source.kind === 'bytes') this.#contents.set(object.key, held.source.bytes);
    const like = object.kind === 'memory' ? (await this.#likeness()).get(object.key) : undefined;
    await writer.put({ ...objectInput(object, held.source), ...(like === undefined ? {} : { like }) }, { signal });
    this.#bytes += sizeBytes;
    onProgress?.(this.#bytes, totalBytes);
    return held.sha256;
  }

  async commit(): Promise<ImportedSnapshot> {
    const { manifest, metadata, writer } = this.#current();
    checkContents(manifest, metadata, this.#contents);
    const { outcome, summary } = await writer.commit(manifest.metadata, { signal: this.#options.signal, takenAt: manifest.source.createdAt });
    this.#committed = outcome === 'committed';
    if (this.#committed) return { summary, metadata, source: manifest.source };
    throw new HoldfastError('HF_FENCED', {
      message: `job ${summary.job} was begun by somebody else while it was imported`,
      kind: 'fenced',
      operation: 'import',
      context: { job: summary.job },
      hint: 'give the imported job another name with --job',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#begun === undefined) return;
    const { writer, epoch } = this.#begun;
    await writer[Symbol.asyncDispose]();
    if (!this.#committed) await withdraw(this.#options, epoch);
  }

  /** Asked for with the first memory: an export puts it behind the images. */
  #likeness(): Promise<ReadonlyMap<string, string>> {
    this.#likes ??= memoryLikeness(this.#contents);
    return this.#likes;
  }

  #current(): Begun {
    if (this.#begun !== undefined) return this.#begun;
    throw new HoldfastError('HF_UNEXPECTED', { message: 'content came before the manifest', kind: 'unexpected', operation: 'import' });
  }
}

/** What was refused leaves no job behind; where that fails, what is left is an empty one, which the next import of that name takes. */
async function withdraw({ store, logger }: ImportOptions, epoch: Epoch): Promise<void> {
  await store.withdraw(epoch).catch((error: unknown) => logger.warn({ job: epoch.job, error: String(error) }, 'an empty job was left'));
}
