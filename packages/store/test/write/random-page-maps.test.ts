import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, CheckpointSummary, ObjectInput } from '@holdfast/core';
import { openRepositoryWith } from '@holdfast/store/internal';
import { type RandomSource, randomFrom } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { asObject, changed, isZero, type Pages, packed, randomPages, runsOf } from './page-model.js';

const generations = 7;
const windowPages = 16;

/** All objects of one snapshot, and of each the key that it is said to be like. */
interface State {
  readonly objects: ReadonlyMap<string, Pages>;
  readonly like: ReadonlyMap<string, string>;
  /** Keys of those that the next snapshot is compared with window by window only: kept from a snapshot of which no page hashes are left. */
  readonly coarse: Set<string>;
}

interface Generation {
  readonly summary: CheckpointSummary;
  readonly state: State;
  /** What was put; nothing of what was kept. */
  readonly inputs: ReadonlyMap<string, ObjectInput>;
}

/** Another one each time; what it was is in the names of the tests. */
const first = Number(process.env['HOLDFAST_SEED'] ?? Math.floor(Math.random() * 2 ** 30));

test.each(Array.from({ length: 8 }, (_, at) => [first + at]))(
  'random page maps come back page for page, and no page is stored that was there: HOLDFAST_SEED=%i',
  async (seed) => {
    await using place = await temporaryPlace();
    const random = randomFrom(seed);
    const open = (): Promise<CheckpointStore> =>
      openRepositoryWith({ root: place.root, create: true }, { packTargetBytes: random(2) === 0 ? 300_000 : 64 << 20 });
    await using store = await open();
    let epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
    const history: Generation[] = [];
    for (let number = 1; number <= generations; number += 1) {
      if (random(4) === 0) epoch = await store.claim('job', { attempt: `a${number}`, host: 'h', pid: 1 }, { kind: 'newest' });
      // Mostly the one before; also an older one, or none.
      const parent = random(5) === 0 ? history[random(history.length + 1)] : history.at(-1);
      const state = nextState(parent?.state, random);
      await using writer = await store.begin(epoch, parent?.summary);
      let stored = 0;
      const inputs = new Map<string, ObjectInput>();
      for (const [key, pages] of state.objects) {
        if (parent?.state.objects.get(key) === pages && random(3) === 0) {
          await writer.keep(key);
          if (parent !== history.at(-1) || parent.state.coarse.has(key)) state.coarse.add(key);
          continue;
        }
        const like = state.like.get(key);
        const object = await asObject(key, pages, random, source(place.scratch, random));
        inputs.set(key, object);
        stored += (await writer.put({ ...object, previous: claimedToBePrevious(parent, key, random), ...(like === undefined ? {} : { like }) }))
          .changedPages;
      }
      const { atMost, atLeast } = bounds(parent?.state, state, parent === history.at(-1));
      expect(stored).toBeLessThanOrEqual(atMost);
      expect(stored).toBeGreaterThanOrEqual(atLeast);
      const { summary } = await writer.commit({});
      history.push({ summary, state, inputs });
      await expectContent(store, summary, state);
    }
    await using again = await open();
    expect(await again.verify(undefined)).toMatchObject({ ok: true, snapshots: generations });
    for (const { summary, state } of history) await expectContent(again, summary, state);
  },
);

function nextState(before: State | undefined, random: RandomSource): State {
  const [objects, like] = [new Map<string, Pages>(), new Map<string, string>()];
  for (const [key, pages] of before?.objects ?? []) {
    // A process ends, does nothing, or goes on; a new one is like one that is there, or like nothing.
    if (random(8) > 0) objects.set(key, random(3) === 0 ? pages : changed(pages, random));
  }
  for (let count = random(3) + (objects.size === 0 ? 1 : 0); count > 0; count -= 1) {
    const keys = [...objects.keys()];
    const [key, origin] = [`memory/${random(9)}`, keys[random(keys.length + 1)]];
    if (objects.has(key)) continue;
    objects.set(key, origin === undefined ? randomPages(random) : changed(objects.get(origin) ?? new Map(), random));
    if (origin !== undefined && random(3) > 0) like.set(key, origin);
  }
  return { objects, like, coarse: new Set() };
}

/**
 * At most: pages that are not the parent's under the same key and number; whole windows of which one is not where only windows are known, as of all
 * snapshots but the newest. At least: contents that the parent has nowhere.
 */
function bounds(parent: State | undefined, state: State, isNewest: boolean): { readonly atMost: number; readonly atLeast: number } {
  const known = new Set<string>();
  for (const pages of parent?.objects.values() ?? []) for (const bytes of pages.values()) known.add(bytes.toString('latin1'));
  const added = new Set<string>();
  let atMost = 0;
  for (const [key, pages] of state.objects) {
    const old = parent?.objects.get(key);
    const grain = isNewest && parent?.coarse.has(key) !== true ? 1 : windowPages;
    const differ = new Set(
      [...(old?.keys() ?? []), ...pages.keys()].filter((page) => !isSame(old?.get(page), pages.get(page))).map((page) => Math.floor(page / grain)),
    );
    for (const [page, bytes] of pages) {
      if (isZero(bytes)) continue;
      if (differ.has(Math.floor(page / grain))) atMost += 1;
      const content = bytes.toString('latin1');
      if (!known.has(content)) added.add(content);
    }
  }
  return { atMost, atLeast: added.size };
}

/** Mostly the pages that the parent had; sometimes another object's, or none. */
function claimedToBePrevious(parent: Generation | undefined, key: string, random: RandomSource): ObjectInput['previous'] {
  const others = [...(parent?.inputs.values() ?? [])];
  return random(4) === 0 ? others[random(others.length)] : parent?.inputs.get(key);
}

function isSame(old: Buffer | undefined, page: Buffer | undefined): boolean {
  return old === undefined || page === undefined ? old === page : old.equals(page);
}

function source(folder: string, random: RandomSource): (bytes: Buffer) => Promise<ObjectInput['source']> {
  return async (bytes) => {
    if (random(3) === 0) return { kind: 'bytes', bytes };
    const path = join(folder, `source-${random(2 ** 30)}`);
    await writeFile(path, bytes);
    return { kind: 'path', path };
  };
}

async function expectContent(store: CheckpointStore, summary: CheckpointSummary, { objects }: State): Promise<void> {
  await using reader = await store.open(summary);
  expect(reader.objects.map(({ key }) => key).sort()).toEqual([...objects.keys()].sort());
  for (const { key, runs } of reader.objects) {
    const pages = objects.get(key) ?? new Map<number, Buffer>();
    expect(runs).toEqual(runsOf(pages));
    expect(Buffer.from(await reader.read(key)).equals(packed(pages)), `${key} of snapshot ${summary.number}`).toBe(true);
  }
}
