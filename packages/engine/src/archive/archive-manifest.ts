import { type CheckpointMetadata, HoldfastError, type ObjectKind, type PageRun } from '@holdfast/core';
import { z } from 'zod';
import { archiveCorrupt, archiveForeign } from './archive-errors.js';
import { archiveFormat, archiveVersion, manifestLimitBytes, manifestPartsLimit, memberNameLimitBytes } from './archive-format.js';
import { countJsonParts } from './json-parts.js';

export interface ArchivedObject {
  readonly key: string;
  readonly kind: ObjectKind;
  readonly sizeBytes: number;
  readonly runs: readonly PageRun[];
  /** The member that holds its pages. */
  readonly member: string;
}

/** What is exported, said before its bytes. */
export interface ArchiveManifest {
  readonly source: { readonly repository: string; readonly job: string; readonly number: number; readonly createdAt: string };
  readonly metadata: CheckpointMetadata;
  /** In the order of their members. */
  readonly objects: readonly ArchivedObject[];
}

const count = z.number().int().nonnegative();
const manifestSchema = z.object({
  source: z.object({ repository: z.string(), job: z.string(), number: count, createdAt: z.iso.datetime({ precision: 3 }) }),
  metadata: z.record(z.string(), z.unknown()),
  objects: z.array(
    z.object({
      key: z
        .string()
        .max(4200)
        .refine((key) => key.isWellFormed()),
      kind: z.enum(['memory', 'file', 'image']),
      sizeBytes: count,
      // First page and number of pages of one run after the other: a large memory has many.
      runs: z.array(count).refine(({ length }) => length % 2 === 0),
      member: z.string().min(1).max(memberNameLimitBytes),
    }),
  ),
});
const versionSchema = z.object({ format: z.literal(archiveFormat), version: z.number().int().positive() });

/** Throws HF_USAGE for what has more parts than an import takes. */
export function encodeArchiveManifest({ source, metadata, objects }: ArchiveManifest): Buffer {
  const runs = objects.reduce((sum, object) => sum + object.runs.length, 0);
  // A first look, so that no text is made that cannot be.
  if (runs > manifestPartsLimit || objects.length > manifestPartsLimit) throw tooManyParts(source, objects.length, runs);
  const flat = objects.map((object) => ({ ...object, runs: object.runs.flatMap(({ firstPage, pageCount }) => [firstPage, pageCount]) }));
  const bytes = Buffer.from(`${JSON.stringify({ format: archiveFormat, version: archiveVersion, source, metadata, objects: flat })}\n`);
  if (bytes.length > manifestLimitBytes || countJsonParts(bytes) > manifestPartsLimit) throw tooManyParts(source, objects.length, runs);
  return bytes;
}

function tooManyParts({ job, number }: ArchiveManifest['source'], objects: number, runs: number): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    message: `snapshot ${number} of job ${job} has ${objects} files and memories in ${runs} runs of pages: more than an archive can list`,
    kind: 'unsupported',
    operation: 'export',
    context: { job, number },
    hint: 'track fewer files, or copy the whole repository instead',
  });
}

/** Throws HF_ARCHIVE_FOREIGN, HF_FORMAT_NEWER or HF_ARCHIVE_CORRUPT. */
export function parseArchiveManifest(bytes: Uint8Array): ArchiveManifest {
  const document = parseVersioned(bytes, 'holdfast/manifest.json');
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) throw archiveCorrupt(`its manifest is not whole: ${z.prettifyError(parsed.error)}`);
  const objects = parsed.data.objects.map(({ runs, ...object }) => ({ ...object, runs: pairs(runs) }));
  for (const name of ['key', 'member'] as const) {
    if (new Set(objects.map((object) => object[name])).size !== objects.length) throw archiveCorrupt(`its manifest names a ${name} twice`);
  }
  return { ...parsed.data, objects };
}

/** Content digests of the objects in the manifest's order, and of the manifest itself: SHA-256, in hexadecimal. */
export interface ArchiveDigests {
  readonly manifest: string;
  readonly objects: readonly string[];
}

const digest = z.string().regex(/^[0-9a-f]{64}$/u);
const digestsSchema = z.object({ manifest: digest, objects: z.array(digest) });

export function encodeArchiveDigests({ manifest, objects }: ArchiveDigests): Buffer {
  return Buffer.from(`${JSON.stringify({ format: archiveFormat, version: archiveVersion, manifest, objects })}\n`);
}

export function parseArchiveDigests(bytes: Uint8Array): ArchiveDigests {
  const parsed = digestsSchema.safeParse(parseVersioned(bytes, 'holdfast/digests.json'));
  if (!parsed.success) throw archiveCorrupt(`its list of digests is not whole: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseVersioned(bytes: Uint8Array, name: string): unknown {
  // Before a part of it is made: each takes some ten times the memory of its text.
  const parts = countJsonParts(bytes);
  if (parts > manifestPartsLimit) throw archiveCorrupt(`${name} has ${parts} parts, and no archive has more than ${manifestPartsLimit}`);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw archiveCorrupt(`${name} is not JSON`, error);
  }
  const parsed = versionSchema.safeParse(document);
  if (!parsed.success) throw archiveForeign(`${name} does not say "format": "${archiveFormat}"`);
  if (parsed.data.version <= archiveVersion) return document;
  throw new HoldfastError('HF_FORMAT_NEWER', {
    message: `the archive was written by a newer Holdfast (version ${parsed.data.version}, this one reads ${archiveVersion})`,
    kind: 'newer-format',
    operation: 'import',
    hint: 'install the Holdfast that wrote it, or a newer one',
  });
}

function pairs(runs: readonly number[]): readonly PageRun[] {
  return Array.from({ length: runs.length / 2 }, (_, number) => ({ firstPage: runs[2 * number] ?? 0, pageCount: runs[2 * number + 1] ?? 0 }));
}
