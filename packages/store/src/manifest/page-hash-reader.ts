import { join } from 'node:path';
import { ByteReader } from '../codec/byte-reader.js';
import { hashLength } from '../codec/keyed-hash.js';
import type { OpenFile } from '../files/file-operations.js';
import { pageHashesName } from '../files/names.js';
import { ReadAhead } from '../files/read-ahead.js';
import { readFully } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { Manifest } from './manifest.js';
import { ObjectHashes } from './object-hashes.js';
import { pageHashLayout, sealOf, unknownHashes } from './page-hash-file.js';

/** The page hashes beside a manifest. Where they are missing, damaged or another manifest's, nothing is known: that is no error. */
export class PageHashReader implements AsyncDisposable {
  readonly #context: StoreContext;
  readonly #file: OpenFile | undefined;
  readonly #reads: ReadAhead | undefined;
  readonly #offsets: readonly number[];

  private constructor(context: StoreContext, file: OpenFile | undefined, offsets: readonly number[]) {
    this.#context = context;
    this.#file = file;
    this.#reads = file === undefined ? undefined : new ReadAhead(file);
    this.#offsets = offsets;
  }

  static async open(context: StoreContext, paths: JobPaths, manifest: Manifest): Promise<PageHashReader> {
    const file = await context.files.open(join(paths.manifests, pageHashesName(manifest.summary)), 'read').catch(() => undefined);
    if (file === undefined) return new PageHashReader(context, undefined, []);
    const offsets = await readTable(context, file, manifest).catch(() => undefined);
    if (offsets !== undefined) return new PageHashReader(context, file, offsets);
    await file.close().catch(() => undefined);
    return new PageHashReader(context, undefined, []);
  }

  /** Of the manifest's object with this ordinal. */
  object(ordinal: number, pageCount: number): ObjectHashes {
    return new ObjectHashes(this.#context.hash, this.#reads, this.#offsets[ordinal] ?? unknownHashes, pageCount);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close().catch(() => undefined);
  }
}

async function readTable(context: StoreContext, file: OpenFile, { objects, digest }: Manifest): Promise<readonly number[] | undefined> {
  const header = new ByteReader(await readAt(file, 0, pageHashLayout.headerBytes));
  if (header.text(pageHashLayout.magic.length) !== pageHashLayout.magic || header.u16() !== pageHashLayout.version) return undefined;
  header.bytes(6);
  if (!header.bytes(digest.length).equals(digest)) return undefined;
  const [position, count] = [header.u64(), header.u64()];
  if (count !== objects.length) return undefined;
  const bytes = await readAt(file, position, count * 8 + hashLength);
  const table = bytes.subarray(0, count * 8);
  if (!sealOf(context.hash, table, position).equals(bytes.subarray(table.length))) return undefined;
  const reader = new ByteReader(table);
  return objects.map(() => reader.u64());
}

async function readAt(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await readFully(file, bytes, position));
}
