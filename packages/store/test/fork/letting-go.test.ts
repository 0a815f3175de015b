import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { dyingAt, type Operation, scriptedOperations, systemError } from '../scripted-operations.js';
import { family, forker, mixedSnapshot, moveOn } from './family.js';
import { ageNotes, forkPins } from './fork-pins.js';

const policy = { keep: 1, graceMs: 0 };

function isManifest({ name, path }: Operation): boolean {
  return name === 'rename' && path.endsWith('.manifest');
}

/** A fork to `third` of which nothing succeeds from that operation on. */
async function dyingFork({ root }: Pick<TemporaryPlace, 'root'>, dies: (operation: Operation) => boolean): Promise<void> {
  const script = dyingAt(dies);
  const { files } = scriptedOperations(script);
  await (await openRepositoryWith({ root }, { files })).fork(mixedSnapshot, 'third', forker).catch(() => undefined);
  expect(script.died()).toBe(true);
}

test('what a snapshot that is marked needs is held until the snapshot is gone', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  await family(store);
  await moveOn(store, 'second');
  const held = ['first/1.fork.1.second'];
  await store.prune('second', { keep: 1, graceMs: 3_600_000 });
  expect((await store.list('second')).map(({ number }) => number)).toEqual([3]);
  expect(await forkPins(place.root, 'second')).toEqual(held);
  await store.prune('second', policy);
  expect(await forkPins(place.root, 'second')).toEqual([]);
});

test('what a fork needs that is under way is held for a day', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  await family(store);
  await dyingFork(place, isManifest);
  await store.prune('third', policy);
  expect(await forkPins(place.root, 'third')).toEqual(['first/1.fork.1.third', 'second/2.fork.1.third']);
  expect(await ageNotes(place.root, 'third')).toBe(2);
  await store.prune('third', policy);
  expect(await forkPins(place.root, 'third')).toEqual([]);
  expect(await ageNotes(place.root, 'third')).toBe(0);
});

test.each(['pins', 'epochs'])(
  'a prune that dies as it removes the first file in %s is finished by the next one: no pin is forgotten',
  async (directory) => {
    await using place = await temporaryPlace();
    const store = await openRepository({ root: place.root, create: true });
    await family(store);
    await moveOn(store, 'second');
    const { files } = scriptedOperations(dyingAt(({ name, path }) => name === 'remove' && path.includes(`/${directory}/0`)));
    await expect((await openRepositoryWith({ root: place.root }, { files })).prune('second', policy)).rejects.toMatchObject({
      code: 'HF_STORAGE_IO',
    });
    await store.prune('second', policy);
    expect(await forkPins(place.root, 'second')).toEqual([]);
    expect(await ageNotes(place.root, 'second')).toBe(0);
  },
);

test('that a pin is gone is synced before its note goes, also where the fork itself takes it back', async () => {
  await using place = await temporaryPlace();
  let failed = false;
  const { files, log } = scriptedOperations(({ name, path }) => {
    if (failed || name !== 'sync pin-directory' || !path.includes('first')) return undefined;
    failed = true;
    return systemError('EIO');
  });
  await family(await openRepository({ root: place.root, create: true }));
  await expect((await openRepositoryWith({ root: place.root }, { files })).fork(mixedSnapshot, 'third', forker)).rejects.toMatchObject({
    code: 'HF_STORAGE_IO',
  });
  const store = await openRepository({ root: place.root });
  expect(await forkPins(place.root, 'third')).toEqual([]);
  expect(stepsOfLettingGo(log)).toEqual([
    'remove first/pins',
    'sync first/pins',
    'remove second/pins',
    'sync second/pins',
    'remove third/epochs',
    'remove third/epochs',
  ]);
  await moveOn(store, 'second');
  const { files: all, log: pruned } = scriptedOperations();
  await (await openRepositoryWith({ root: place.root }, { files: all })).prune('second', policy);
  expect(stepsOfLettingGo(pruned)).toEqual(['remove first/pins', 'sync first/pins', 'remove second/epochs']);
});

/** From the first pin that is removed on. */
function stepsOfLettingGo(log: readonly Operation[]): readonly string[] {
  const steps = log
    .filter(({ path }) => /\/(pins$|pins\/0|epochs\/\d+\.(from|via)\.)/.test(path))
    .map(({ name, path }) => `${name.replace(/ .*/, '')} ${/\/jobs\/(\w+\/\w+)/.exec(path)?.[1]}`);
  return steps.slice(steps.findIndex((step) => step.startsWith('remove ')));
}

test('no pin of a fork that died at any step holds for ever, whoever got its name', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  await family(await openRepository({ root: original, create: true }));
  const isOfPins = ({ name, path }: Operation): boolean => name !== 'write' && name !== 'close' && /\.(from|via|fork)\.|\/pins$/.test(path);
  for (let died = 0; ; died += 1) {
    const root = join(place.scratch, `died-${died}`);
    await cp(original, root, { recursive: true });
    let seen = 0;
    await dyingFork({ root }, (operation) => {
      if (isOfPins(operation)) seen += 1;
      return seen > died || isManifest(operation);
    });
    const store = await openRepository({ root });
    await store.fork(mixedSnapshot, 'third', { ...forker, attempt: 'again' });
    await moveOn(store, 'third');
    await ageNotes(root, 'third');
    await store.prune('third', policy);
    expect(await forkPins(root, 'third'), `died at ${died}`).toEqual([]);
    if (seen > died) continue;
    expect(died).toBeGreaterThan(6);
    break;
  }
}, 60_000);
