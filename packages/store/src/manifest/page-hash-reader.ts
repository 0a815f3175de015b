import { join } from 'node:path';
import { ByteReader } from '../codec/byte-reader.js';
import { saltBytes } from '../encryption/key-schedule.js';
import type { OpenFile } from '../files/file-operations.js';
import { pageHashesName } from '../files/names.js';
import { ReadAhead } from '../files/read-ahead.js';
import { readFully } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { Manifest } from './manifest.js';
import { ObjectHashes } from './object-hashes.js';
import { createPageHashSealer, pageHashLayout, type PageHashSealer, unknownHashes } from './page-hash-file.js';

/** The page hashes beside a manifest. Where they are missing, damaged or another manifest's, nothing is known: that is no error. */
export class PageHashReader implements AsyncDisposable {
  readonly #file: OpenFile | undefined;
  readonly #reads: ReadAhead | undefined;
  readonly #table: Table;

  private constructor(file: OpenFile | undefined, table: Table) {
    this.#file = file;
    this.#reads = file === undefined ? undefined : new ReadAhead(file);
    this.#table = table;
  }

  static async open(context: StoreContext, paths: JobPaths, manifest: Manifest): Promise<PageHashReader> {
    const nothing: Table = { sealer: createPageHashSealer(context), offsets: [] };
    const file = await context.files.open(join(paths.manifests, pageHashesName(manifest.summary)), 'read').catch(() => undefined);
    if (file === undefined) return new PageHashReader(undefined, nothing);
    const table = await readTable(context, file, manifest).catch(() => undefined);
    if (table !== undefined) return new PageHashReader(file, table);
    await file.close().catch(() => undefined);
    return new PageHashReader(undefined, nothing);
  }

  /** Of the manifest's object with this ordinal. */
  object(ordinal: number, pageCount: number): ObjectHashes {
    return new ObjectHashes(this.#table.sealer, this.#reads, this.#table.offsets[ordinal] ?? unknownHashes, pageCount);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close().catch(() => undefined);
  }
}

interface Table {
  readonly sealer: PageHashSealer;
  /** Where the hashes of each object lie. */
  readonly offsets: readonly number[];
}

async function readTable(context: StoreContext, file: OpenFile, { objects, digest }: Manifest): Promise<Table | undefined> {
  const salt = await readAt(file, pageHashLayout.fieldsBytes, saltBytes);
  const sealer = createPageHashSealer(context, salt);
  const bytes = await readAt(file, 0, sealer.headerBytes);
  const header = new ByteReader(bytes);
  if (header.text(pageHashLayout.magic.length) !== pageHashLayout.magic || header.u16() !== sealer.version) return undefined;
  header.bytes(6);
  if (!header.bytes(digest.length).equals(digest)) return undefined;
  const [position, count] = [header.u64(), header.u64()];
  if (count !== objects.length) return undefined;
  const table = sealer.unseal(await readAt(file, position, count * 8 + pageHashLayout.sealBytes), position, bytes);
  if (table?.length !== count * 8) return undefined;
  const reader = new ByteReader(table);
  return { sealer, offsets: objects.map(() => reader.u64()) };
}

async function readAt(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await readFully(file, bytes, position));
}
