import { createHash } from 'node:crypto';
import { encodeArchiveDigests, encodeArchiveManifest, parseArchiveManifest } from '../../src/archive/archive-manifest.js';
import { readTar } from '../../src/archive/tar-reader.js';
import { TarWriter } from '../../src/archive/tar-writer.js';

export interface Member {
  readonly name: string;
  readonly body: Buffer;
}

/** The manifest as whoever writes an archive by hand may have it. */
export interface ForgedManifest {
  version?: number;
  metadata: Record<string, unknown>;
  readonly objects: { key: string; kind: string; sizeBytes: number; member: string; runs: { firstPage: number; pageCount: number }[] }[];
}

export async function membersOf(archive: Buffer): Promise<Member[]> {
  const members: Member[] = [];
  for await (const { name, body } of readTar(once(archive))) {
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(part);
    members.push({ name, body: Buffer.concat(parts) });
  }
  return members;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

export async function packed(members: readonly Member[]): Promise<Buffer> {
  const written: Buffer[] = [];
  const writer = new TarWriter({ write: async (bytes) => void written.push(Buffer.from(bytes)) });
  for (const { name, body } of members) {
    const type = name.endsWith('/') ? 'Directory' : 'File';
    await writer.member({ name, type, sizeBytes: body.length, mode: 0o600, mtimeSeconds: 0 }, [body]);
  }
  await writer.end();
  return Buffer.concat(written);
}

export function objectOf({ objects }: ForgedManifest, key: string): ForgedManifest['objects'][number] {
  const found = objects.find((object) => object.key === key);
  if (found === undefined) throw new Error(`no object ${key}`);
  return found;
}

/** An archive whose manifest, and perhaps members, somebody changed who made all digests right again. */
export async function forged(
  archive: Buffer,
  change: (manifest: ForgedManifest) => unknown,
  bodies: Readonly<Record<string, Buffer>> = {},
): Promise<Buffer> {
  const members = (await membersOf(archive)).map(({ name, body }) => ({ name, body: bodies[name] ?? body }));
  const bodyOf = (name: string): Buffer => members.find((member) => member.name === name)?.body ?? Buffer.alloc(0);
  const original = parseArchiveManifest(bodyOf('holdfast/manifest.json'));
  const objects = original.objects.map(({ member, kind, sizeBytes, runs }) => {
    // The one file with holes has a map of one block before its content.
    const isSparse = kind === 'file' && runs.some(({ firstPage }) => firstPage > 0) && sizeBytes > 0;
    return sha256(bodyOf(member).subarray(isSparse ? 512 : 0));
  });
  const document = structuredClone({ ...original }) as unknown as ForgedManifest;
  change(document);
  const encoded = JSON.parse(encodeArchiveManifest(document as unknown as typeof original).toString()) as object;
  const manifest = Buffer.from(JSON.stringify({ ...encoded, ...(document.version === undefined ? {} : { version: document.version }) }));
  const own = new Map([
    ['holdfast/manifest.json', manifest],
    ['holdfast/digests.json', encodeArchiveDigests({ manifest: sha256(manifest), objects })],
  ]);
  return packed(members.map(({ name, body }) => ({ name, body: own.get(name) ?? body })));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
