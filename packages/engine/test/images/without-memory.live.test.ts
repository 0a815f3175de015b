import { existsSync, mkdirSync, readdirSync, rmSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { startTwinHelper } from '@holdfast/twin';
import { expect, test } from 'vitest';
import { cachePath, findCoverMeans } from '../../src/cover/cover-means.js';
import { uncover } from '../../src/cover/uncover.js';
import { isStored } from '../../src/images/image-names.js';
import { decodePagemap, isPagemapName, type PagemapRun } from '../../src/images/pagemap.js';
import { withAllPresent } from '../../src/images/pagemap-flags.js';
import { StagedImages } from '../../src/images/staged-images.js';
import { Twins } from '../../src/twin/twins.js';
import { Machine, standing, until } from '../container/machine.js';
import { memoryOf } from './page-bytes.js';
import { reserveHugePages, startShape } from './shapes.js';

/** What differs between two dumps of one instant, too: when they were made, and what their pages images are called. */
const ownOfEachDump = /^(?:inventory|timens-\d+)\.img$/;

test.for([
  ['forks', 4],
  ['unforked', 1],
  ['shared', 2],
  ['threads', 1],
  ['file', 1],
  ['huge', 1],
  ['hugetlb', 1],
] as const)(
  'dumps without memory, and with a covering parent, of a job with %s and %i processes are plain ones of the same instant',
  async ([kind, processes], { skip }) => {
    await using machine = await Machine.open();
    await using reserved = kind === 'hugetlb' ? reserveHugePages(16) : undefined;
    if (kind === 'hugetlb' && reserved === undefined && process.env['CI'] !== 'true') skip('this machine gives no huge pages');
    const container = await startShape(machine, processes, kind, '7');
    const { tools, base } = machine;
    const [without, plain, covered] = ['without', 'plain', 'covered'].map((name) => join(base, name)) as [string, string, string];
    const folder = `/dev/shm/${container.id}-cover`;
    const cover = await findCoverMeans({ tools, environment: { PATH: process.env['PATH'] ?? '' }, folder });
    await using twins = new Twins({ container, logger: silentLogger, start: () => startTwinHelper({ program: tools.twin }) });
    const prepared = await twins.prepare(0);
    const options = [{ withoutMemory: true }, {}, { withoutMemory: true, cover }];
    const dumps = [];
    for (const [at, imagesDir] of [without, plain, covered].entries())
      dumps.push(await container.prepareDump({ imagesDir, workDir: `${imagesDir}-work`, deadlineMs: 60_000, ...options[at] }));
    await container.freeze();
    const results = [];
    const all = await standing(container);
    for (const dump of dumps) results.push(await dump.run(all));
    const copiesDir = join(base, 'copies');
    mkdirSync(copiesDir);
    const forked = await prepared.fork({ imagesDir: covered, copiesDir, covered: true, processes: all });
    await container.thaw();
    await uncover(covered);
    const names = readdirSync(plain).filter(isStored).sort();
    for (const dir of [without, covered]) expect(readdirSync(dir).filter(isStored).sort()).toEqual(names);
    // No other CRIU finds what this one was told of the kernel.
    if (existsSync(cachePath)) expect(readFileSync(cachePath)).not.toEqual(cover.cache === undefined ? undefined : readFileSync(cover.cache));
    let leftOut = 0;
    for (const name of names.filter((one) => !ownOfEachDump.test(one) && !one.startsWith('pages-'))) {
      const [one, other, third] = [without, plain, covered].map((dir) => readFileSync(join(dir, name))) as [Buffer, Buffer, Buffer];
      if (!isPagemapName(name)) {
        expect(one.equals(other), name).toBe(true);
        expect(third.equals(other), name).toBe(true);
      } else {
        expect(joined(withAllPresent(one, name), name), name).toEqual(joined(other, name));
        expect(joined(withAllPresent(third, name), name), name).toEqual(joined(other, name));
      }
      if (!isPagemapName(name)) continue;
      const entries = decodePagemap(one, name).entries;
      expect(entries.every(({ present, lazy }) => present !== lazy)).toBe(true);
      leftOut += entries.filter(({ present }) => !present).reduce((sum, { pageCount }) => sum + pageCount, 0);
    }
    expect(leftOut).toBeGreaterThan(kind === 'shared' || kind === 'file' || kind === 'hugetlb' ? 0 : 1000);
    expect((await results[2]?.stats())?.pagesSkipped).toBeGreaterThan(leftOut / 2);
    const [staged, read] = [await memoryOf(new StagedImages(plain)), await memoryOf(new StagedImages(covered, forked.pages))];
    expect([...read.keys()]).toEqual([...staged.keys()]);
    for (const [key, pages] of staged) {
      expect([...(read.get(key)?.keys() ?? [])], key).toEqual([...pages.keys()]);
      expect(
        [...pages].filter(([page, bytes]) => read.get(key)?.get(page)?.equals(bytes) !== true).map(([page]) => page.toString(16)),
        key,
      ).toEqual([]);
    }
    await forked.drop();
    rmSync(folder, { recursive: true });
  },
);

test('a process that is made between the preparation and the freeze is covered, too', async () => {
  await using machine = await Machine.open();
  const container = await machine.start(['sh', '-c', 'while :; do sleep 0.2; done']);
  const [imagesDir, folder] = [join(machine.base, 'images'), `/dev/shm/${container.id}-cover`];
  const cover = await findCoverMeans({ tools: machine.tools, environment: { PATH: process.env['PATH'] ?? '' }, folder });
  const before = await container.processes();
  const dump = await container.prepareDump({ imagesDir, workDir: `${imagesDir}-work`, deadlineMs: 60_000, withoutMemory: true, cover });
  await until(async () => (await container.processes()).some((pid) => !before.includes(pid)));
  await container.freeze();
  const stats = await (await dump.run(await standing(container))).stats();
  await container.thaw();
  rmSync(folder, { recursive: true });
  expect(stats?.pagesSkipped).toBeGreaterThan(10 * (stats?.pagesWritten ?? Number.NaN));
});

/** However its runs are cut. */
function joined(bytes: Uint8Array, name: string): readonly PagemapRun[] {
  const runs: PagemapRun[] = [];
  for (const run of decodePagemap(bytes, name).entries) {
    const last = runs.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === run.firstPage && last.lazy === run.lazy && last.present === run.present)
      runs[runs.length - 1] = { ...last, pageCount: last.pageCount + run.pageCount };
    else runs.push(run);
  }
  return runs;
}
