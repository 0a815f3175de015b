import { createHash } from 'node:crypto';
import type { CheckpointReader } from '@holdfast/core';
import { parseSnapshotMetadata } from '../run/snapshot-metadata.js';
import { memberNames } from './archive-format.js';
import { type ArchivedObject, encodeArchiveDigests, encodeArchiveManifest } from './archive-manifest.js';
import { containerFiles } from './container-files.js';
import { archivePath, fileMember } from './file-member.js';
import { expectedMember } from './member-object.js';
import { objectBody } from './object-body.js';
import { type PlannedMember, planArchive } from './plan-archive.js';
import { packedBytes } from './sparse-map.js';
import { type ByteSink, TarWriter } from './tar-writer.js';

export interface ExportOptions {
  readonly repositoryId: string;
  readonly reader: CheckpointReader;
  readonly sink: ByteSink;
  /** An empty folder for large objects on their way. */
  readonly folder: string;
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExportedBytes {
  readonly archiveBytes: number;
  readonly objects: number;
}

/** Writes one snapshot as the archive of docs/archive.md. Everything is read once; digests follow what they are of. */
export async function exportSnapshot(options: ExportOptions): Promise<ExportedBytes> {
  const { repositoryId, reader, sink, signal } = options;
  const { summary } = reader;
  const metadata = parseSnapshotMetadata(reader.metadata, summary.job, summary.number);
  const plan = await planArchive(
    reader,
    metadata.roots.map(({ id }) => id),
    signal,
  );
  const { job, number, createdAt } = summary;
  const manifest = encodeArchiveManifest({
    source: { repository: repositoryId, job, number, createdAt },
    metadata: reader.metadata,
    objects: plan.objects,
  });
  const writer = new TarWriter(sink);
  const mtimeSeconds = Math.floor(Date.parse(createdAt) / 1000);
  const small = (name: string, bytes: Buffer): Promise<void> =>
    writer.member({ name, type: 'File', sizeBytes: bytes.length, mode: 0o600, mtimeSeconds }, [bytes]);
  for (const { name, bytes } of containerFiles(repositoryId, summary, metadata, plan.memoryPages)) await small(name, bytes);
  await small(memberNames.manifest, manifest);
  await writer.member({ name: memberNames.images, type: 'Directory', sizeBytes: 0, mode: 0o700, mtimeSeconds });
  const bodies = new DigestedBodies(options, plan.objects);
  for (const member of plan.members) {
    signal?.throwIfAborted();
    if (member.kind === 'empty') await small(member.name, Buffer.alloc(0));
    else if (member.kind === 'file') await writeFile(writer, member, bodies);
    else {
      const { object } = member;
      await writer.member({ name: object.member, type: 'File', sizeBytes: memberBytes(object), mode: 0o600, mtimeSeconds }, bodies.of(object));
    }
  }
  await small(memberNames.digests, encodeArchiveDigests({ manifest: sha256(manifest), objects: bodies.digests }));
  await writer.end();
  return { archiveBytes: writer.writtenBytes, objects: plan.objects.length };
}

async function writeFile(
  writer: TarWriter,
  { rootId, entry, number, object, linkOf }: Extract<PlannedMember, { kind: 'file' }>,
  bodies: DigestedBodies,
): Promise<void> {
  const linkPath = linkOf === undefined ? undefined : archivePath(linkOf.rootId, linkOf.path);
  const isSparse = object !== undefined && expectedMember(object).before.length > 0;
  const member = fileMember({ rootId, entry, number, linkPath, isSparse, bodyBytes: object === undefined ? 0 : memberBytes(object) });
  if (member !== undefined) await writer.member(member, object === undefined ? [] : bodies.of(object));
}

function memberBytes(object: ArchivedObject): number {
  const { before, contentBytes } = expectedMember(object);
  return before.length + contentBytes;
}

/** Reads objects, one after the other in their order, and notes the digest of each. */
class DigestedBodies {
  readonly digests: string[] = [];
  readonly #options: ExportOptions;
  readonly #totalBytes: number;
  #bytes = 0;

  constructor(options: ExportOptions, objects: readonly ArchivedObject[]) {
    this.#options = options;
    this.#totalBytes = objects.reduce((sum, object) => sum + packedBytes(object), 0);
  }

  async *of(object: ArchivedObject): AsyncGenerator<Uint8Array> {
    const { reader, folder, signal, onProgress } = this.#options;
    yield expectedMember(object).before;
    const hash = createHash('sha256');
    for await (const chunk of objectBody(reader, object, folder, signal)) {
      hash.update(chunk);
      yield chunk;
      this.#bytes += chunk.length;
      onProgress?.(this.#bytes, this.#totalBytes);
    }
    this.digests.push(hash.digest('hex'));
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
