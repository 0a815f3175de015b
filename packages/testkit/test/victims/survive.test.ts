import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InterruptedRun, survive, type Survived, type SurviveOptions, type Victim } from '@holdfast/testkit/victims';
import { afterEach, describe, expect, it } from 'vitest';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Writes its scale. */
const victim: Victim = {
  name: 'scale',
  about: 'writes how much work it was given',
  expectedSeconds: 0,
  requires: ['sh'],
  prepare: (_directory, { scale }) => Promise.resolve({ command: ['/bin/sh', '-c', `echo ${scale} > scale.txt`], outputs: ['scale.txt'] }),
};

/** Each run ends as the next of these says; what it wrote is right unless `wrote` is something else. */
async function surviving(
  runs: readonly (Partial<InterruptedRun> & { readonly wrote?: string })[],
  more: Partial<SurviveOptions> = {},
): Promise<Survived> {
  let number = 0;
  const survived = await survive(victim, {
    interruptions: 3,
    scale: 1,
    mostScale: 4,
    deadlineMs: 10_000,
    async interrupt({ command }, folder) {
      folders.push(folder);
      const { wrote, ...run } = runs[number++] ?? {};
      await writeFile(join(folder, 'work', 'scale.txt'), wrote ?? `${command[2]?.split(' ')[1]}\n`);
      return { status: 0, interruptions: 3, endedBefore: false, resumes: [], printed: [], events: [], ...run };
    },
    ...more,
  });
  expect(number).toBe(runs.length);
  return survived;
}

describe('a victim that is to survive', () => {
  it('is run once where it was interrupted as often as was wanted', async () => {
    const survived = await surviving([{}]);
    expect(survived.found).toEqual(survived.expected);
    expect(existsSync(survived.folder)).toBe(true);
  });

  it('is given twice the work, in a folder of its own, where it ended too early', async () => {
    const survived = await surviving([{ interruptions: 1 }, { interruptions: 2, endedBefore: true, wrote: 'begun anew' }, {}]);
    expect(survived.interruptions).toBe(3);
    expect(survived.found).toEqual(survived.expected);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false, true]);
  });

  it('is left as it is when it has been given the most', async () => {
    expect((await surviving([{ interruptions: 1 }, { interruptions: 2 }, { interruptions: 2 }])).interruptions).toBe(2);
  });

  it('is not tried again where it failed, left other bytes, or no snapshot could be taken', async () => {
    expect((await surviving([{ interruptions: 1, status: 7 }])).status).toBe(7);
    const other = await surviving([{ interruptions: 1, wrote: 'other' }]);
    expect(other.found).not.toEqual(other.expected);
    expect((await surviving([{ interruptions: 0, events: [{ type: 'snapshot.failed' }] }])).interruptions).toBe(0);
  });

  it('is waited for where its undisturbed run fails', async () => {
    const broken = { ...victim, prepare: () => Promise.resolve({ command: ['/bin/sh', '-c', 'exit 3'] as const, outputs: [] }) };
    let isThrough = false;
    const interrupt: SurviveOptions['interrupt'] = async (_prepared, folder) => {
      folders.push(folder);
      await new Promise((resolve) => setTimeout(resolve, 300));
      isThrough = true;
      return { status: 0, interruptions: 3, endedBefore: false, resumes: [], printed: [], events: [] };
    };
    await expect(survive(broken, { interruptions: 3, scale: 1, mostScale: 1, deadlineMs: 10_000, interrupt })).rejects.toThrow(/exit 3/);
    expect(isThrough).toBe(true);
  });
});
