import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentContext } from '../../src/agent/agent-context.js';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { cleanUpLeft, keepWhatWas, setAside } from '../../src/agent/root-before.js';
import type { OverlayDescription } from '../../src/oci/overlay-description.js';
import { isUnclean, markUnclean } from '../../src/oci/unclean-mark.js';
import { asideFolder } from '../../src/oci/upper-aside.js';

const context = { clock: systemClock, logger: silentLogger, tools: {} } as unknown as AgentContext;
let folder: string;
let description: OverlayDescription;
let setup: ContainerSetup;
const said: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-before-'));
  description = { upperDirectory: join(folder, 'diff') } as unknown as OverlayDescription;
  setup = { id: 'c1', files: { roots: [], overlay: description } } as unknown as ContainerSetup;
  said.length = 0;
  for (const [place, text] of [
    [description.upperDirectory, 'what the job wrote'],
    [asideFolder(description), 'what was before'],
  ] as const) {
    await mkdir(place);
    await writeFile(join(place, 'file'), text);
  }
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** Each folder beside the upper directory by its kind, with its file's text. */
async function found(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).filter((name) => name !== 'holdfast-unclean');
  const texts = names.map(async (name) => [name.replace(/-\d.*/, ''), await readFile(join(folder, name, 'file'), 'utf8').catch(() => '')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

describe('a container whose launcher brought its resume to a good end without an agent', () => {
  test('keeps what its job has written when it starts once more, and what it had before is named', async () => {
    await cleanUpLeft(context, setup, { touched: () => said.push('touched'), say: (text) => said.push(text) });
    expect(await found()).toEqual({ diff: 'what the job wrote', 'holdfast-before': 'what was before' });
    expect(said).toEqual([expect.stringContaining(join(folder, 'holdfast-before-')) as string]);
  });

  test('and that is resumed once more: what the job has written is set aside, not what was before it', async () => {
    const aside: unknown[] = [];
    const overlay = { description, setAside: async () => void aside.push(await found(), await isUnclean(description)) };
    await setAside(context, setup, overlay, (text) => said.push(text));
    expect(aside).toEqual([{ diff: 'what the job wrote', 'holdfast-before': 'what was before' }, true]);
    expect(said).toHaveLength(1);
  });

  test('keeps what its job has written also where what it had before cannot be given its name', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    await mkdir(join(folder, 'holdfast-before-2026-01-02T03-04-05-678Z/taken'), { recursive: true });
    await markUnclean(description);
    await keepWhatWas({ ...context, clock: { ...systemClock, now: () => at } }, setup, (text) => said.push(text));
    expect(await isUnclean(description)).toBe(false);
    expect(await found()).toMatchObject({ diff: 'what the job wrote', 'holdfast-aside': 'what was before' });
  });

  test('while files that are put back in part stay apart from what was set aside first', async () => {
    await markUnclean(description);
    await setAside(context, setup, { description, setAside: () => Promise.resolve() }, (text) => said.push(text));
    expect(await found()).toEqual({ diff: 'what the job wrote', 'holdfast-aside': 'what was before' });
    expect(said).toEqual([]);
  });
});
