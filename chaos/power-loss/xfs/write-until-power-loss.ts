import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SyncPoint } from '@holdfast/store/internal';
import type { Random } from '../random.ts';
import { type Promises, type Report, withReport } from '../reports.ts';
import type { LoopFileSystem } from './loop-file-system.ts';
import type { WriterArguments } from './writer.ts';

export interface WritingOptions {
  readonly fileSystem: LoopFileSystem;
  readonly root: string;
  readonly attempt: string;
  readonly omitFsync: SyncPoint | undefined;
  readonly random: Random;
  readonly promises: Promises;
}

/** Lets a process write and takes the power away: half the time right after a report, else at any moment. */
export async function writeUntilPowerLoss(options: WritingOptions): Promise<{ readonly promises: Promises; readonly moment: string }> {
  const { fileSystem, random, root, attempt, omitFsync } = options;
  const standStillAfter = random.chance(0.5) ? 1 + random.below(8) : 0;
  const writerArguments: WriterArguments = { root, attempt, standStillAfter, ...(omitFsync === undefined ? {} : { omitFsync }) };
  const program = fileURLToPath(new URL('writer.ts', import.meta.url));
  const writer = spawn(process.execPath, [program, JSON.stringify(writerArguments)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  writer.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const exited = once(writer, 'exit');

  let { promises } = options;
  let reports = 0;
  let isOff = false;
  const reached = Promise.withResolvers<void>();
  const lines = createInterface({ input: writer.stdout });
  lines.on('line', (line) => {
    // A report that comes after the loss was sent before it: the writer says nothing that is not durable.
    promises = withReport(promises, JSON.parse(line) as Report);
    reports += 1;
    if (reports === Math.max(1, standStillAfter)) reached.resolve();
  });
  const linesRead = once(lines, 'close');
  void exited.then(() => {
    if (!isOff) reached.reject(new Error(`the writer ended by itself: ${complaints.join('')}`));
  });
  const delayMs = standStillAfter === 0 ? random.below(250) : 0;
  try {
    await reached.promise;
    await sleep(delayMs);
    isOff = true;
    await fileSystem.losePower();
  } finally {
    isOff = true;
    writer.kill('SIGKILL');
    await Promise.all([exited, linesRead]);
  }
  const moment =
    standStillAfter === 0 ? `power lost about ${delayMs} ms after the repository was open` : `power lost right after report ${standStillAfter}`;
  return { promises, moment };
}
