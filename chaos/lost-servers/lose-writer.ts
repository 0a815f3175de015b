import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { Random } from '../power-loss/random.ts';
import type { Note } from './notes.ts';
import { judgeLoss, type LossResult } from './round.ts';

const program = fileURLToPath(new URL('writer.ts', import.meta.url));

/** SQLite has no server: the process that writes is what is lost. */
export async function playWriterLoss(round: number, random: Random, path: string): Promise<LossResult> {
  const jobs = ['a', 'b', 'c'].map((name) => `loss-${round}-${name}`);
  const notesFile = `${path}.notes-${round}`;
  const output = openSync(notesFile, 'w', 0o600);
  const child = spawn(process.execPath, [program, path, ...jobs], { stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  const exited = once(child, 'exit');
  while (readFileSync(notesFile).length === 0 && child.exitCode === null) await sleep(5);
  await sleep(random.below(150));
  child.kill('SIGKILL');
  await exited;
  const lines = readFileSync(notesFile, 'utf8').split('\n').slice(0, -1);
  return judgeLoss(
    () => sqlite().open({ type: 'sqlite', path }),
    jobs,
    lines.map((line) => JSON.parse(line) as Note),
  );
}
