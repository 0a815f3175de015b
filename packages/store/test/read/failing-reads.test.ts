import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileOperations, type FileOperations, type OpenFile, ThreadPool } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { explainedOperations } from '../../src/files/explained-operations.js';
import { temporaryPlace } from '../fixture.js';
import { systemError } from '../scripted-operations.js';
import { readerWith, secretsOf } from '../store-context.js';
import { deltaChain } from './delta-chain.js';

interface SlowFiles {
  readonly files: FileOperations;
  readonly state: { begun: number; underWay: number };
}

/** Every read, write and resize takes a while; the n-th one calls `happens` first. */
function slowFiles(nth: number, happens: () => void): SlowFiles {
  const real = createFileOperations();
  const state = { begun: 0, underWay: 0 };
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    state.begun += 1;
    state.underWay += 1;
    try {
      for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1) await new Promise(setImmediate);
      if (state.begun >= nth && nth > 0) {
        nth = 0;
        happens();
      }
      return await work();
    } finally {
      state.underWay -= 1;
    }
  };
  const wrap = (file: OpenFile): OpenFile => ({
    info: () => file.info(),
    sync: (point) => file.sync(point),
    read: (target, position) => step(() => file.read(target, position)),
    write: (bytes, position) => step(() => file.write(bytes, position)),
    truncate: (sizeBytes) => step(() => file.truncate(sizeBytes)),
    close: () => file.close(),
  });
  return { files: explainedOperations({ ...real, open: async (path, access) => wrap(await real.open(path, access)) }), state };
}

const eio = (): never => {
  throw systemError('EIO');
};

test.each(['fails', 'is where the caller gives up'] as const)(
  'each step that %s ends the write: no partial file, nothing under way',
  async (what) => {
    await using place = await temporaryPlace();
    const chain = await deltaChain(place, 3000, 3);
    const { summary, bytes } = chain.at(-1) ?? expect.unreachable();
    const before = (await readdir(place.scratch)).length;
    await using workers = new ThreadPool(await secretsOf(place.root), 2);
    let refused = 0;
    for (let nth = 1; ; nth += 2) {
      const giveUp = new AbortController();
      const { files, state } = slowFiles(nth, what === 'fails' ? eio : () => giveUp.abort());
      const path = join(place.scratch, 'out');
      await using slow = await readerWith(place.root, summary, { workers, files });
      const outcome = await slow.write('m', path, 'packed', { signal: giveUp.signal }).catch((error: unknown) => error);
      const { begun } = state;
      expect(state.underWay).toBe(0);
      for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate);
      expect(state.begun).toBe(begun);
      if (outcome === undefined) {
        expect((await readFile(path)).equals(bytes)).toBe(true);
        break;
      }
      expect(outcome).toMatchObject(what === 'fails' ? { code: 'HF_STORAGE_IO' } : { code: 'HF_ABORTED' });
      expect((await readdir(place.scratch)).length).toBe(before);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(10);
  },
  120_000,
);
