import { setImmediate } from 'node:timers/promises';
import { type CheckpointRef, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { type RandomSource, randomFrom } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

/** The real operations, each of those that the protocol turns on after a random wait, a few of them very long. */
function dawdling(random: RandomSource): FileOperations {
  const real = createFileOperations();
  const wait = async (): Promise<void> => {
    for (let turns = random(10) === 0 ? 400 : random(12); turns > 0; turns -= 1) await setImmediate();
  };
  const slowly = <Given extends readonly unknown[], Result>(work: (...given: Given) => Promise<Result>) => {
    return async (...given: Given): Promise<Result> => {
      await wait();
      return await work(...given);
    };
  };
  const noSync = (): Promise<void> => Promise.resolve();
  return {
    ...real,
    list: slowly(real.list),
    link: slowly(real.link),
    rename: slowly(real.rename),
    remove: slowly(real.remove),
    syncDirectory: noSync,
  };
}

const keyOf = ({ number, epoch }: Pick<CheckpointRef, 'number' | 'epoch'>): string => `${number} of epoch ${epoch}`;

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'of attempts that claim, commit and prune in any order none loses a committed snapshot, seed %i',
  async (seed) => {
    await using place = await temporaryPlace();
    const { root } = place;
    const committed: string[] = [];
    const parents = new Map<string, string | undefined>();
    const first = await openRepository({ root, create: true });
    const attempt = async (name: string): Promise<void> => {
      const store = await openRepositoryWith({ root }, { files: dawdling(randomFrom(seed * 100 + name.charCodeAt(0))) });
      for (let round = 0; round < 4; round += 1) {
        try {
          const epoch = await store.claim('job', { attempt: `${name}${round}`, host: 'h', pid: 1 }, { kind: 'newest' });
          let parent = epoch.from;
          for (let count = 0; count < 2; count += 1) {
            await using writer = await store.begin(epoch, parent);
            parents.set(keyOf(writer.ref), parent === undefined ? undefined : keyOf(parent));
            await writer.put(memoryObject('memory', patternBytes(4096, round)));
            const { outcome, summary } = await writer.commit({});
            if (outcome === 'fenced') break;
            committed.push(keyOf(summary));
            parent = summary;
            await store.prune('job', { keep: 1, graceMs: 0 });
          }
        } catch (error) {
          if (!isHoldfastError(error) || error.kind !== 'fenced') throw error;
        }
      }
    };
    await Promise.all(['a', 'b', 'c'].map(attempt));
    const { from } = await first.claim('job', { attempt: 'last', host: 'h', pid: 1 }, { kind: 'newest' });
    const descent = new Set<string>();
    for (let key = from === undefined ? undefined : keyOf(from); key !== undefined; key = parents.get(key)) descent.add(key);
    expect(committed.filter((key) => !descent.has(key))).toEqual([]);
    if (from !== undefined) {
      await using reader = await first.open(from);
      await reader.verify();
    }
  },
  60_000,
);
