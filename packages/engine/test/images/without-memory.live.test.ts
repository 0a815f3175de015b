import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isStored } from '../../src/images/image-names.js';
import { decodePagemap, isPagemapName } from '../../src/images/pagemap.js';
import { withAllPresent } from '../../src/images/pagemap-flags.js';
import { Machine } from '../container/machine.js';
import { startShape } from './shapes.js';

/** What differs between two dumps of one instant, too: when they were made, and what their pages images are called. */
const ownOfEachDump = /^(?:inventory|timens-\d+)\.img$/;

test.each([
  ['forks', 4],
  ['unforked', 1],
  ['shared', 2],
] as const)(
  'a dump without memory of a job with %s and %i processes is a plain one of the same instant but for the pages',
  async (kind, processes) => {
    await using machine = await Machine.open();
    const container = await startShape(machine, processes, kind, '7');
    const [without, plain] = ['without', 'plain'].map((name) => join(machine.base, name)) as [string, string];
    const dumps = [
      await container.prepareDump({ imagesDir: without, workDir: `${without}-work`, deadlineMs: 60_000, withoutMemory: true }),
      await container.prepareDump({ imagesDir: plain, workDir: `${plain}-work`, deadlineMs: 60_000 }),
    ];
    await container.freeze();
    for (const dump of dumps) await dump.run();
    await container.thaw();
    const names = readdirSync(plain).filter(isStored).sort();
    expect(readdirSync(without).filter(isStored).sort()).toEqual(names);
    let leftOut = 0;
    for (const name of names.filter((one) => !ownOfEachDump.test(one) && !one.startsWith('pages-'))) {
      const [one, other] = [without, plain].map((folder) => readFileSync(join(folder, name))) as [Buffer, Buffer];
      if (!isPagemapName(name)) expect(one.equals(other), name).toBe(true);
      else expect(withAllPresent(one, name).equals(other), name).toBe(true);
      if (!isPagemapName(name)) continue;
      const entries = decodePagemap(one, name).entries;
      expect(entries.every(({ present, lazy }) => present !== lazy)).toBe(true);
      leftOut += entries.filter(({ present }) => !present).reduce((sum, { pageCount }) => sum + pageCount, 0);
    }
    expect(leftOut).toBeGreaterThan(kind === 'shared' ? 0 : 1000);
  },
);
