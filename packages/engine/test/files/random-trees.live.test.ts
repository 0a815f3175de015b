import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listing } from './listing.js';
import { mutate } from './mutate.js';
import { type Snapshot, Workspace } from './workspace.js';

const longEnoughMs = 2_100;

interface Kept {
  readonly snapshot: Snapshot;
  readonly facts: readonly string[];
}

async function rounds(seed: string, count: number, pauseMs: number): Promise<void> {
  await using workspace = await Workspace.create(['cwd', 'track-1', 'tmp']);
  const directories = workspace.roots.map(({ hostPath }) => hostPath);
  const facts = (): string[] => directories.flatMap(listing);
  mutate(`${seed} first`, 150, ...directories);
  const taken: Kept[] = [];
  for (let round = 0; round < count; round += 1) {
    await setTimeout(pauseMs);
    const parent = taken.at(-1)?.snapshot;
    const snapshot = await workspace.take({
      parent,
      meanwhile: () => mutate(`${seed} ${round} meanwhile`, round % 3 === 0 ? 0 : 10, ...directories),
    });
    taken.push({ snapshot, facts: facts() });
    mutate(`${seed} ${round}`, 30, ...directories);
    if (round % 3 !== 2) continue;
    const older = taken.splice(-2)[0] as Kept;
    const { trees } = await workspace.restore(older.snapshot, `round-${round}`);
    expect(facts(), `seed ${seed}, round ${round}`).toEqual(older.facts);
    taken.push({ snapshot: { ...older.snapshot, trees }, facts: older.facts });
  }
}

const seed = process.env['HOLDFAST_SEED'] ?? String(Date.now());

test(`random trees come back exactly, changed again and again (HOLDFAST_SEED=${seed})`, async () => {
  await rounds(`${seed}-quick`, 6, 0);
});

test(`random trees come back exactly where most files are taken over unread (HOLDFAST_SEED=${seed})`, async () => {
  await rounds(`${seed}-settled`, 3, longEnoughMs);
});
