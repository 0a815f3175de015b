import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { treeTool } from '../files/workspace.js';
import { asideFolder, type Exchange, isAside, keepAside, putAside, putBack } from '../../src/oci/upper-aside.js';

let folder: string;
let upper: { readonly upperDirectory: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-aside-'));
  upper = { upperDirectory: join(folder, 'diff') };
  await mkdir(upper.upperDirectory);
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

async function setAside(text?: string): Promise<void> {
  await mkdir(join(asideFolder(upper), 'root'), { recursive: true });
  if (text !== undefined) await writeFile(join(asideFolder(upper), 'root/file'), text);
}

describe('what a container had before it was resumed', () => {
  test('lies beside its upper directory, and gets a name there', async () => {
    await setAside('mine');
    const kept = await keepAside(upper, new Date('2026-01-02T03:04:05.678Z'));
    expect(kept).toEqual({ folder: join(folder, 'holdfast-before-2026-01-02T03-04-05-678Z'), removed: [] });
    expect(await readFile(join(kept?.folder ?? '', 'root/file'), 'utf8')).toBe('mine');
    expect(await isAside(upper)).toBe(false);
    expect(await keepAside(upper, new Date())).toBeUndefined();
  });

  test('goes where it was nothing but folders', async () => {
    await setAside();
    expect(await keepAside(upper, new Date())).toBeUndefined();
    expect(await readdir(folder)).toEqual(['diff']);
  });

  test('of many starts the last three stay, and what went is told', async () => {
    const told: string[] = [];
    for (const day of [1, 2, 3, 4, 5]) {
      await setAside(`day ${day}`);
      told.push(...((await keepAside(upper, new Date(2026, 1, day)))?.removed ?? []));
    }
    const names = (await readdir(folder)).filter((name) => name !== 'diff').sort();
    expect(names).toHaveLength(3);
    expect(await readFile(join(folder, names[0] ?? '', 'root/file'), 'utf8')).toBe('day 3');
    expect(told).toHaveLength(2);
  });
});

describe('a container whose files are put aside, and back', () => {
  const own = 'what the container had';
  const killed = new Error('killed');
  const exchange: Exchange = async (one, other) => void (await execa(treeTool, ['exchange', one, other]));
  const place = (): string => join(upper.upperDirectory, 'file');

  /** Ends with the exchange, before or after it is done, as a SIGKILL would. */
  const dying = (when: 'before' | 'after'): Exchange => {
    return async (one, other) => {
      expect(await readdir(folder)).toContain('diff');
      if (when === 'after') await exchange(one, other);
      expect(await readdir(folder)).toContain('diff');
      throw killed;
    };
  };

  beforeEach(async () => writeFile(place(), own));

  test('is empty meanwhile, and nothing else lies there afterwards', async () => {
    await putAside(upper, exchange);
    await putAside(upper, exchange);
    expect(await readdir(upper.upperDirectory)).toEqual([]);
    await writeFile(place(), 'half');
    await putBack(upper, exchange);
    await putBack(upper, exchange);
    expect(await readFile(place(), 'utf8')).toBe(own);
    expect([await readdir(folder), await readdir(upper.upperDirectory)]).toEqual([['diff'], ['file']]);
  });

  test.each(['before', 'after'] as const)(
    'has an upper directory, and gets its own back, where it was put aside by one killed %s the exchange',
    async (when) => {
      await expect(putAside(upper, dying(when))).rejects.toBe(killed);
      await putBack(upper, exchange);
      expect(await readFile(place(), 'utf8')).toBe(own);
      await expect(putAside(upper, dying(when))).rejects.toBe(killed);
      await putAside(upper, exchange);
      expect(await readdir(upper.upperDirectory)).toEqual([]);
      await putBack(upper, exchange);
      expect([await readdir(folder), await readdir(upper.upperDirectory)]).toEqual([['diff'], ['file']]);
    },
  );

  test.each(['before', 'after'] as const)('has it, and its own, where it was put back by one killed %s the exchange', async (when) => {
    await putAside(upper, exchange);
    await writeFile(place(), 'half');
    await expect(putBack(upper, dying(when))).rejects.toBe(killed);
    await putBack(upper, exchange);
    expect(await readFile(place(), 'utf8')).toBe(own);
    expect([await readdir(folder), await readdir(upper.upperDirectory)]).toEqual([['diff'], ['file']]);
  });
});
