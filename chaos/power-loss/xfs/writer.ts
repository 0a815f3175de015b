// The process that writes when the power goes. Arguments: one JSON object (WriterArguments). Prints one report a line.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncPoint } from '@holdfast/store/internal';
import { openVictim } from '../open-victim.ts';
import type { Report } from '../reports.ts';
import { runSession } from '../session.ts';

export interface WriterArguments {
  readonly root: string;
  readonly attempt: string;
  readonly omitFsync?: SyncPoint;
  /** After this many reports nothing more is done: the machine stops right there. 0: goes on. */
  readonly standStillAfter: number;
}

const { root, attempt, omitFsync, standStillAfter } = JSON.parse(process.argv[2] ?? '') as WriterArguments;
let reports = 0;

async function report(said: Report): Promise<void> {
  reports += 1;
  process.stdout.write(`${JSON.stringify(said)}\n`);
  if (reports === standStillAfter) await sleep(60_000);
}

await using store = await openVictim(root, { create: true, omitFsync });
await report({ kind: 'opened', repositoryId: store.repositoryId });
await runSession(store, { attempt, snapshots: 1000, pruneEvery: 3, keep: 3, ends: false, report });
