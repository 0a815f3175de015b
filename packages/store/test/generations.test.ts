import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointSummary, type ObjectInput, pageSizeBytes, type SourceExtent } from '@holdfast/core';
import { openRepositoryWith } from '@holdfast/store/internal';
import { type RandomSource, randomFrom } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';
import { randomBytes } from './history.js';

interface Shape {
  readonly key: string;
  readonly kind: 'memory' | 'file';
  /** Content by page number. */
  readonly pages: ReadonlyMap<number, Buffer>;
  readonly sizeBytes: number;
}

/** Pages in random runs over a small and a far range, so that runs split, join, grow and vanish between generations. */
function randomShape(key: string, kind: 'memory' | 'file', before: Shape | undefined, random: RandomSource): Shape {
  const pages = new Map(before?.pages);
  for (let count = random(6); count > 0; count -= 1) {
    const first = (kind === 'memory' && random(3) === 0 ? 2 ** 35 : 0) + random(400);
    const length = 1 + random(60);
    const action = random(4);
    for (let page = first; page < first + length; page += 1) {
      if (action === 0) pages.delete(page);
      else if (action === 1) pages.set(page, Buffer.alloc(pageSizeBytes));
      else if (action === 2 || !pages.has(page)) pages.set(page, randomBytes(pageSizeBytes, random));
      else pages.set(page, touched(pages.get(page) ?? Buffer.alloc(pageSizeBytes), random));
    }
  }
  const end = (Math.max(-1, ...pages.keys()) + 1) * pageSizeBytes;
  if (kind === 'memory') return { key, kind, pages, sizeBytes: pages.size * pageSizeBytes };
  const cut = end === 0 ? 0 : random(pageSizeBytes);
  const last = pages.get(end / pageSizeBytes - 1);
  if (last !== undefined) pages.set(end / pageSizeBytes - 1, Buffer.from(last).fill(0, pageSizeBytes - cut));
  return { key, kind, pages, sizeBytes: end - cut };
}

function touched(page: Buffer, random: RandomSource): Buffer {
  const copy = Buffer.from(page);
  copy[random(pageSizeBytes)] = random(256);
  return copy;
}

/** The shape as a source in which pages lie in a random order. */
function sourceOf(shape: Shape, random: RandomSource): ObjectInput {
  const numbers = [...shape.pages.keys()].sort((a, b) => a - b);
  const extents: SourceExtent[] = [];
  const parts: Buffer[] = [];
  for (let at = 0; at < numbers.length; ) {
    let count = 1;
    while (numbers[at + count] === (numbers[at] ?? 0) + count && random(20) > 0) count += 1;
    const bytes = Buffer.concat(numbers.slice(at, at + count).map((page) => shape.pages.get(page) ?? Buffer.alloc(pageSizeBytes)));
    extents.push({ firstPage: numbers[at] ?? 0, pageCount: count, sourceOffset: parts.reduce((sum, { length }) => sum + length, 0) + 13 });
    parts.push(bytes);
    at += count;
  }
  return {
    key: shape.key,
    kind: shape.kind,
    sizeBytes: shape.sizeBytes,
    source: { kind: 'bytes', bytes: Buffer.concat([Buffer.alloc(13), ...parts]) },
    extents,
  };
}

function expectedBytes({ kind, pages, sizeBytes }: Shape): Buffer {
  const numbers = [...pages.keys()].sort((a, b) => a - b);
  const packed = Buffer.concat(numbers.map((page) => pages.get(page) ?? Buffer.alloc(0)));
  const tail = kind === 'memory' ? 0 : Math.max(0, ((numbers.at(-1) ?? -1) + 1) * pageSizeBytes - sizeBytes);
  return packed.subarray(0, packed.length - tail);
}

test.each([1, 2, 3, 4, 5, 6])(
  'ten generations of random objects each come back exactly, seed %i',
  async (seed) => {
    await using place = await temporaryPlace();
    const random = randomFrom(seed);
    const store = await openRepositoryWith({ root: place.root, create: true }, { packTargetBytes: 300_000 });
    const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
    const history: { readonly number: number; readonly shapes: readonly Shape[] }[] = [];
    let parent: CheckpointSummary | undefined;
    for (let generation = 0; generation < 10; generation += 1) {
      const before = history.at(-1)?.shapes ?? [];
      const kept = before.length > 0 && random(3) === 0 ? before.slice(0, 1) : [];
      const shapes = (['memory 1', 'memory 2', 'file'] as const).map(
        (key, index) => kept.find((shape) => shape.key === key) ?? randomShape(key, key === 'file' ? 'file' : 'memory', before[index], random),
      );
      await using writer = await store.begin(epoch, parent);
      for (const shape of shapes) {
        if (kept.includes(shape)) await writer.keep(shape.key);
        else await writer.put(sourceOf(shape, random));
      }
      parent = (await writer.commit({ generation })).summary;
      history.push({ number: parent.number, shapes });
      await using reader = await store.open(parent);
      for (const shape of shapes)
        expect(Buffer.from(await reader.read(shape.key)).equals(expectedBytes(shape)), `${shape.key}, generation ${generation}`).toBe(true);
    }
    for (const { number, shapes } of history) {
      await using reader = await store.open({ job: 'job', number });
      for (const shape of shapes)
        expect(Buffer.from(await reader.read(shape.key)).equals(expectedBytes(shape)), `${shape.key} of ${number}, at the end`).toBe(true);
      const file = shapes.find(({ kind }) => kind === 'file');
      const path = join(place.scratch, `file-${number}`);
      await reader.write('file', path, 'sparse');
      expect((await readFile(path)).equals(sparse(file))).toBe(true);
      expect(await reader.matches('file', path)).toBe(true);
      if ((file?.sizeBytes ?? 0) > 0) {
        await flip(path, random(file?.sizeBytes ?? 0));
        expect(await reader.matches('file', path)).toBe(false);
      }
    }
    expect((await store.verify('job')).problems).toEqual([]);
  },
  60_000,
);

function sparse(shape: Shape | undefined): Buffer {
  const bytes = Buffer.alloc(Math.ceil((shape?.sizeBytes ?? 0) / pageSizeBytes) * pageSizeBytes);
  for (const [page, content] of shape?.pages ?? []) content.copy(bytes, page * pageSizeBytes);
  return bytes.subarray(0, shape?.sizeBytes);
}

async function flip(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  await file.write(byte, 0, 1, offset);
  await file.close();
}
