import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, type CheckpointRef } from '@holdfast/core';
import { startTwinHelper } from '@holdfast/twin';
import { expect, test } from 'vitest';
import { RebuiltImages } from '../../src/images/rebuilt-images.js';
import { StagedImages } from '../../src/images/staged-images.js';
import { Twins } from '../../src/twin/twins.js';
import { Machine, standing } from '../container/machine.js';
import { memoryOf } from '../images/page-bytes.js';
import { goOn, openShapeStore, startShape, storeDump } from '../images/shapes.js';

/** Another one each time; the name of a test that fails tells what it was. */
const seed = process.env['HOLDFAST_SEED'] ?? String(Math.floor(Math.random() * 2 ** 32));
const rounds = [0, 1, 2, 3];

test(`what twins that were kept spare a snapshot is as a plain dump has it, while memory is changed, moved, unmapped, grown and forked: HOLDFAST_SEED=${seed}`, async () => {
  await using machine = await Machine.open();
  const { store, epoch } = await openShapeStore(machine);
  const container = await startShape(machine, 1, 'wild', seed, '4');
  const { base, tools } = machine;
  await using twins = new Twins({ container, logger: silentLogger, start: () => startTwinHelper({ program: tools.twin }) });
  const taken: { readonly ref: CheckpointRef; readonly plain: string }[] = [];
  for (const round of rounds) {
    if (round > 0) await goOn(machine, round, round + 1);
    const last = taken.at(-1)?.ref;
    const [imagesDir, plain, copiesDir] = ['without', 'plain', 'copies'].map((name) => join(base, `${name}-${round}`)) as [string, string, string];
    mkdirSync(copiesDir);
    const prepared = await twins.prepare(0);
    const dump = await container.prepareDump({ imagesDir, workDir: `${imagesDir}-work`, deadlineMs: 60_000, withoutMemory: true });
    const other = await container.prepareDump({ imagesDir: plain, workDir: `${plain}-work`, deadlineMs: 60_000 });
    await container.freeze();
    const { unchanged } = await twins.compareKept(last?.number);
    const processes = await standing(container);
    for (const each of [dump, other]) await each.run(processes);
    const forked = await prepared.fork({ imagesDir, copiesDir, covered: false, processes });
    await container.thaw();
    const spared = [...unchanged.values()].flat().reduce((sum, { pageCount }) => sum + pageCount, 0);
    expect(spared).toBeGreaterThan(round === 0 ? -1 : 0);
    const { ref } = await storeDump(store, epoch, last, new StagedImages(imagesDir, forked.pages, unchanged));
    await twins.keep(ref.number, forked, 0);
    taken.push({ ref, plain });
  }
  await container.kill();
  for (const { ref, plain } of taken) {
    const rebuilt = `${plain}-rebuilt`;
    await using reader = await store.open(ref);
    await new RebuiltImages(rebuilt).write(reader);
    const [expected, found] = [await memoryOf(new StagedImages(plain)), await memoryOf(new StagedImages(rebuilt))];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [key, pages] of expected) {
      const wrong = [...pages].filter(([page, bytes]) => found.get(key)?.get(page)?.equals(bytes) !== true).map(([page]) => page.toString(16));
      expect([found.get(key)?.size, wrong], `${ref.number}: ${key}`).toEqual([pages.size, []]);
    }
  }
});
