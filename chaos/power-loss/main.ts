// script/chaos power-loss: what was reported as committed is there after a loss of power.
//
//   --method xfs|replay   xfs: a real XFS on a loop device is shut down unflushed (root). replay: every state that POSIX allows
//                         after each operation is made and checked. Default: xfs.
//   --rounds N            of xfs; default 100.
//   --omit POINT          leaves out the syncs of one kind; `each`: of one kind after the other. Then the loss must be noticed.
//                         XFS cannot show three of them (see hiddenByXfs); replay shows all.
//   --seed N              brings a run back.
//   --json                one JSON object a campaign, instead of a line a round.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type SyncPoint, syncPoints } from '@holdfast/store/internal';
import { replay } from './replay/replay.ts';
import { campaign } from './xfs/campaign.ts';
import { runInOwnNamespace } from './xfs/own-namespace.ts';

/**
 * XFS has one log, and any fsync of a file writes all of it up to that file's last change. The new directories of a job, and the names
 * in packs/ and pins/, come before the fsync of the epoch's file and of the manifest: so they are on the disk, promised or not.
 */
const hiddenByXfs: readonly SyncPoint[] = ['job-directory', 'pack-directory', 'pin-directory'];

const { values } = parseArgs({
  options: {
    method: { type: 'string', default: 'xfs' },
    rounds: { type: 'string', default: '100' },
    omit: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
    'in-own-namespace': { type: 'boolean', default: false },
  },
});

interface Outcome {
  readonly omitted: SyncPoint | undefined;
  readonly broken: string | undefined;
  readonly figures: Readonly<Record<string, number>>;
}

if (values.method !== 'xfs' && values.method !== 'replay') throw new Error(`--method ${values.method}: name xfs or replay`);
if (values.method === 'xfs' && !values['in-own-namespace']) {
  process.exitCode = await runInOwnNamespace(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--in-own-namespace']);
} else {
  const seed = wholeNumber('seed', values.seed);
  const rounds = wholeNumber('rounds', values.rounds);
  for (const omitted of omissions(values.omit)) {
    const outcome = await inFolder((folder) => (values.method === 'xfs' ? onXfs(folder, omitted, seed, rounds) : onReplay(folder, omitted, seed)));
    show(outcome, seed);
    // A loss must be noticed exactly where a sync was left out.
    if ((outcome.broken === undefined) !== (omitted === undefined)) process.exitCode = 1;
  }
}

async function onXfs(folder: string, omitFsync: SyncPoint | undefined, seed: number, rounds: number): Promise<Outcome> {
  const onRound = values.json ? () => undefined : (line: string) => console.log(line);
  const { broken, rounds: done, snapshotsFound } = await campaign({ folder, rounds, seed, omitFsync, onRound });
  return { omitted: omitFsync, broken, figures: { rounds: done, snapshotsFound } };
}

async function onReplay(folder: string, omitFsync: SyncPoint | undefined, seed: number): Promise<Outcome> {
  const { broken, operations, states } = await replay({ folder, omitFsync, seed, luckyStates: 1 });
  return { omitted: omitFsync, broken, figures: { operations, states } };
}

function show({ omitted, broken, figures }: Outcome, seed: number): void {
  if (values.json) {
    console.log(JSON.stringify({ method: values.method, seed, omitted: omitted ?? null, broken: broken ?? null, ...figures }));
    return;
  }
  const build = omitted === undefined ? 'all syncs' : `without the sync of ${omitted}`;
  const counted = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  console.log(`${values.method}, ${build}, seed ${seed}: ${counted.join(', ')}: ${broken ?? 'every promise kept'}`);
}

function omissions(name: string | undefined): readonly (SyncPoint | undefined)[] {
  if (name === undefined) return [undefined];
  if (name === 'each') return syncPoints.filter((point) => values.method === 'replay' || !hiddenByXfs.includes(point));
  const point = syncPoints.find((known) => known === name);
  if (point === undefined) throw new Error(`--omit ${name}: name one of ${syncPoints.join(', ')} or each`);
  return [point];
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/u.test(text)) throw new Error(`--${option} ${text}: give a whole number`);
  return Number(text);
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = values.method === 'replay' ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(parent, 'holdfast-power-loss-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
