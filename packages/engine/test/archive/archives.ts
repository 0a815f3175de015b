import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CheckpointObject,
  type CheckpointStore,
  type Lease,
  type LeaseHolder,
  type MetadataStore,
  type ObjectInput,
  pageSizeBytes,
  silentLogger,
} from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { exportSnapshot } from '../../src/archive/export-snapshot.js';
import { type ImportedSnapshot, importSnapshot } from '../../src/archive/import-snapshot.js';
import { stream } from '../files/stream.js';
import { image, magics, message } from '../images/image-bytes.js';

/** Two repositories and a folder for transfers. */
export interface Places extends AsyncDisposable {
  readonly here: CheckpointStore;
  readonly there: CheckpointStore;
  readonly folder: string;
}

export async function openPlaces(): Promise<Places> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-archive-'));
  const [here, there] = await Promise.all(['here', 'there'].map((name) => repository(folder, name)));
  if (here === undefined || there === undefined) throw new Error('unreachable');
  return { here, there, folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function repository(folder: string, name: string): Promise<CheckpointStore> {
  const root = join(folder, name);
  await mkdir(root);
  return openRepository({ root, create: true });
}

function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + seed * 17 + (at >> 8)) & 0xff;
  return bytes;
}

function object(
  key: string,
  kind: ObjectInput['kind'],
  bytes: Buffer,
  extents?: ObjectInput['extents'],
  sizeBytes: number = bytes.length,
): ObjectInput {
  const whole = bytes.length === 0 ? [] : [{ firstPage: 0, pageCount: Math.ceil(bytes.length / pageSizeBytes), sourceOffset: 0 }];
  return { key, kind, sizeBytes, source: { kind: 'bytes', bytes }, extents: extents ?? whole };
}

/** CRIU's page map of `pages-PAGES.img`. */
export function pagemapOf(pages: number, ...runs: readonly (readonly [firstPage: number, pageCount: number])[]): Buffer {
  const entries = runs.map(([firstPage, pageCount]) => message([1, BigInt(firstPage * pageSizeBytes)], [2, pageCount], [4, 4]));
  return image(magics.pagemap, message([1, pages]), ...entries);
}

export const table: Buffer = stream(
  { type: 'd', nlink: 2 },
  { path: 'caf\xe9', ino: 2n, sizeBytes: 5000 },
  { path: 'empty', ino: 3n },
  { path: 'first', ino: 4n, nlink: 2, sizeBytes: 20 },
  { path: 'holes', ino: 5n, sizeBytes: 40_000 },
  { path: 'second', ino: 4n, nlink: 2, sizeBytes: 20 },
);

export const objects: readonly ObjectInput[] = [
  object('image/core-1.img', 'image', bytesOf(900, 1)),
  object('image/pagemap-1.img', 'image', pagemapOf(1, [0x7f00, 2], [0x9_0000_0000, 2])),
  object('image/pagemap-2.img', 'image', pagemapOf(2)),
  object('memory/1', 'memory', Buffer.concat([bytesOf(3 * pageSizeBytes, 2), Buffer.alloc(pageSizeBytes)]), [
    { firstPage: 0x7f00, pageCount: 2, sourceOffset: 0 },
    { firstPage: 0x9_0000_0000, pageCount: 2, sourceOffset: 2 * pageSizeBytes },
  ]),
  object('tree/cwd', 'image', table),
  object('file/cwd/caf\xe9', 'file', bytesOf(5000, 3)),
  object('file/cwd/empty', 'file', Buffer.alloc(0)),
  object('file/cwd/first', 'file', bytesOf(20, 4)),
  object('file/cwd/holes', 'file', bytesOf(40_000, 5), [{ firstPage: 3, pageCount: 1, sourceOffset: 3 * pageSizeBytes }]),
];

export const metadata = {
  version: 1,
  command: ['./train.sh'],
  workingDirectory: '/data',
  roots: [{ id: 'cwd', hostPath: '/data', destination: '/data', private: false }],
  stdin: { consumedBytes: 0, ended: true },
  files: { version: 1, roots: [] },
  mounts: [{ destination: '/data', type: 'bind', source: '/data', options: ['bind'] }],
  container: { version: 1, initName: 'holdfast-init-1' },
  outsideFiles: [],
  freezeMs: 12,
  memoryFrom: 'staged-disk',
  host: { kernel: '6.18', architecture: 'x64', name: 'here' },
  further: { kept: ['as', 'it', 'is'] },
};

/** A snapshot with every kind of object. */
export async function takeSnapshot(store: CheckpointStore, job = 'job', more: readonly ObjectInput[] = []): Promise<number> {
  const epoch = await store.claim(job, { attempt: 'a1', host: 'here', pid: 1 }, { kind: 'fresh' });
  await using writer = await store.begin(epoch, undefined);
  for (const one of [...objects, ...more]) await writer.put(one);
  const { summary } = await writer.commit(metadata);
  return summary.number;
}

export async function exported({ here, folder }: Places, number: number, job = 'job'): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await using reader = await here.open({ job, number });
  await exportSnapshot({ repositoryId: here.repositoryId, reader, folder, sink: { write: async (bytes) => void chunks.push(Buffer.from(bytes)) } });
  return Buffer.concat(chunks);
}

/** A catalog that gives a lease to whoever asks. */
const catalog: Pick<MetadataStore, 'acquireLease' | 'releaseLease'> = {
  acquireLease: (job: string, holder: LeaseHolder) =>
    Promise.resolve({ acquired: true, lease: { job, holder, term: 1, acquiredAt: '', expiresAt: '' } satisfies Lease }),
  releaseLease: () => Promise.resolve(),
};

export interface ImportTest {
  readonly job?: string;
  readonly attempt?: string;
  readonly store?: CheckpointStore;
}

export function imported(
  places: Places,
  archive: Buffer | AsyncIterable<Uint8Array>,
  { job = 'new', attempt = 'import-1', store }: ImportTest = {},
): Promise<ImportedSnapshot> {
  return importSnapshot({
    store: store ?? places.there,
    catalog: catalog as MetadataStore,
    job,
    holder: { attempt, host: 'there', bootId: 'b', pid: 7, startTicks: 1 },
    leaseTtlMs: 1000,
    logger: silentLogger,
    source: Buffer.isBuffer(archive) ? chunks(archive) : archive,
    folder: places.folder,
  });
}

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 3000) yield bytes.subarray(at, at + 3000);
}

/** Everything that a snapshot says, with its bytes. */
export async function contentOf(store: CheckpointStore, job: string, number: number): Promise<object> {
  await using reader = await store.open({ job, number });
  const sorted = [...reader.objects].sort((one: CheckpointObject, other: CheckpointObject) => (one.key < other.key ? -1 : 1));
  const contents: object[] = [];
  for (const { key, kind, sizeBytes, runs } of sorted)
    contents.push({ key, kind, sizeBytes, runs, bytes: Buffer.from(await reader.read(key)).toString('base64') });
  return { metadata: reader.metadata, contents };
}
