import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  debianPrograms,
  differences,
  digestOutputs,
  findProgram,
  missingRequirement,
  runUndisturbed,
  victimNamed,
  victims,
  writeGenome,
} from '@holdfast/testkit/victims';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-victims-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('victims', () => {
  it('have names of their own, and are found by them', () => {
    const names = [...victims, ...debianPrograms()].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const victim of victims) expect(victimNamed(victim.name)).toBe(victim);
    expect(() => victimNamed('nobody')).toThrow(/'nobody'.*counter/s);
  });

  it('are left out by the first program that is missing', () => {
    const victim = { ...victimNamed('shell'), requires: ['sh', 'no-such-program', 'nor-this'] };
    expect(missingRequirement(victim)).toBe('no-such-program');
    expect(findProgram('/no/such/program')).toBeUndefined();
    expect(findProgram('sh')).toMatch(/\/sh$/);
  });

  it('leave the same bytes in every run', async () => {
    const options = { scale: 0.01, deadlineMs: 15_000 };
    const [first, second] = [
      await runUndisturbed(victimNamed('shell'), join(folder, 'a'), options),
      await runUndisturbed(victimNamed('shell'), join(folder, 'b'), options),
    ];
    expect(first.digests).toEqual(second.digests);
    expect((await readFile(join(folder, 'a', 'chain.txt'), 'utf8')).trim().split('\n')).toHaveLength(15);
  });

  it('that fail undisturbed are told by their command', async () => {
    const broken = { ...victimNamed('shell'), prepare: () => Promise.resolve({ command: ['/bin/sh', '-c', 'exit 3'] as const, outputs: [] }) };
    await expect(runUndisturbed(broken, folder, { scale: 1, deadlineMs: 5000 })).rejects.toThrow(/exit 3 ended with status 3/);
  });
});

describe('outputs', () => {
  it('that differ or are missing are named', async () => {
    await writeFile(join(folder, 'same'), 'x');
    await writeFile(join(folder, 'other'), 'x');
    const expected = await digestOutputs(folder, ['same', 'other', 'gone']);
    expect(expected['gone']).toBe('missing');
    await writeFile(join(folder, 'other'), 'y');
    const found = await digestOutputs(folder, ['same', 'other']);
    expect(differences({ same: expected['same'] ?? '', other: expected['other'] ?? '' }, found)).toEqual([
      expect.stringMatching(/^other: [0-9a-f]{64} instead of [0-9a-f]{64}$/),
    ]);
  });
});

it('a genome is the same for the same seed, another one for another', async () => {
  for (const [name, seed] of [
    ['a', 1],
    ['b', 1],
    ['c', 2],
  ] as const) {
    writeGenome(join(folder, name), 6000, seed);
  }
  const { a, b, c } = await digestOutputs(folder, ['a', 'b', 'c']);
  expect(a).toBe(b);
  expect(a).not.toBe(c);
  const [title, ...lines] = (await readFile(join(folder, 'a'), 'utf8')).trim().split('\n');
  expect(title).toBe('>generated');
  expect(lines).toHaveLength(100);
  for (const line of lines) expect(line).toMatch(/^[ACGT]{60}$/);
});
