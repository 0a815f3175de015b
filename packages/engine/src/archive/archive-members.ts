import { createHash } from 'node:crypto';
import type { HoldfastError } from '@holdfast/core';
import { archiveCorrupt, archiveForeign, archiveOfContainer } from './archive-errors.js';
import { digestsLimitBytes, manifestAmongFirst, manifestLimitBytes, memberNames } from './archive-format.js';
import { type ArchiveDigests, type ArchivedObject, type ArchiveManifest, parseArchiveDigests, parseArchiveManifest } from './archive-manifest.js';
import { type ExpectedMember, expectedMember } from './member-object.js';
import { readTar, type TarEntry } from './tar-reader.js';

/** What an archive holds, as it comes: the manifest, then each object's content. */
export interface ArchiveVisitor {
  manifest(manifest: ArchiveManifest): Promise<void>;
  /** Reads `body` to its end, which has `contentBytes` bytes, and gives its digest. */
  content(object: ArchivedObject, body: AsyncIterable<Buffer>, contentBytes: number): Promise<string>;
}

/**
 * Takes an archive apart, trusting nothing in it: members are matched by number and name with what the manifest says, sizes with the pages of the
 * object, and all digests before this resolves. Other members are passed over. Rejects with HF_ARCHIVE_FOREIGN, HF_ARCHIVE_CORRUPT or HF_FORMAT_NEWER.
 */
export async function visitArchive(source: AsyncIterable<Uint8Array>, visitor: ArchiveVisitor): Promise<void> {
  const archive = new ArchiveMembers(visitor);
  for await (const entry of readTar(source)) await archive.take(entry);
  archive.assertWhole();
}

class ArchiveMembers {
  readonly #visitor: ArchiveVisitor;
  readonly #digests: string[] = [];
  #members = 0;
  #isContainer = false;
  #manifest: ArchiveManifest | undefined;
  #manifestDigest = '';
  #listed: ArchiveDigests | undefined;

  constructor(visitor: ArchiveVisitor) {
    this.#visitor = visitor;
  }

  async take(entry: TarEntry): Promise<void> {
    this.#members += 1;
    if (this.#manifest === undefined) return this.#takeFirst(entry);
    const next = this.#manifest.objects[this.#digests.length];
    if (next !== undefined && entry.name === next.member) {
      this.#digests.push(await this.#visitor.content(next, contentOf(entry, next, expectedMember(next)), expectedMember(next).contentBytes));
    } else if (entry.name === memberNames.digests && this.#listed === undefined) {
      this.#listed = parseArchiveDigests(await wholeOf(entry, digestsLimitBytes));
    }
  }

  assertWhole(): void {
    if (this.#manifest === undefined) throw this.#foreign(`it has no ${memberNames.manifest}`);
    const missing = this.#manifest.objects[this.#digests.length];
    if (missing !== undefined) throw archiveCorrupt(`its member ${missing.member} is missing or out of order`);
    if (this.#listed === undefined) throw archiveCorrupt(`${memberNames.digests} is missing`);
    const { manifest, objects } = this.#listed;
    if (manifest !== this.#manifestDigest) throw archiveCorrupt(`${memberNames.manifest} does not have its digest`);
    for (const [index, { member }] of this.#manifest.objects.entries()) {
      if (objects[index] !== this.#digests[index]) throw archiveCorrupt(`its member ${member} does not have its digest`);
    }
  }

  #foreign(reason: string): HoldfastError {
    return this.#isContainer ? archiveOfContainer() : archiveForeign(reason);
  }

  async #takeFirst(entry: TarEntry): Promise<void> {
    if (entry.name !== memberNames.manifest) {
      this.#isContainer ||= entry.name === memberNames.config;
      if (this.#members < manifestAmongFirst) return;
      throw this.#foreign(`none of its first ${manifestAmongFirst} members is ${memberNames.manifest}`);
    }
    const bytes = await wholeOf(entry, manifestLimitBytes);
    const manifest = parseArchiveManifest(bytes);
    for (const object of manifest.objects) expectedMember(object);
    this.#manifestDigest = createHash('sha256').update(bytes).digest('hex');
    this.#manifest = manifest;
    await this.#visitor.manifest(manifest);
  }
}

/** The pages of an object; what stands before them must be what the exporter puts there. */
async function* contentOf({ type, sizeBytes, body, name }: TarEntry, { member }: ArchivedObject, expected: ExpectedMember): AsyncGenerator<Buffer> {
  const { before, contentBytes } = expected;
  if (type !== 'File' || sizeBytes !== before.length + contentBytes)
    throw archiveCorrupt(`its member ${member} is of another kind or size than its manifest says`);
  let seen = 0;
  for await (const chunk of body) {
    const beforeBytes = Math.min(Math.max(0, before.length - seen), chunk.length);
    if (!before.subarray(seen, seen + beforeBytes).equals(chunk.subarray(0, beforeBytes))) throw archiveCorrupt(`the map of ${name} is not its own`);
    seen += chunk.length;
    if (beforeBytes < chunk.length) yield chunk.subarray(beforeBytes);
  }
}

async function wholeOf({ name, type, sizeBytes, body }: TarEntry, limitBytes: number): Promise<Buffer> {
  if (type !== 'File' || sizeBytes > limitBytes) throw archiveCorrupt(`its member ${name} is of an impossible kind or size`);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
