import { join } from 'node:path';
import type { ScanOptions } from './scan-root.js';
import { leftOut } from './scan-root.js';
import type { OpenFile, TrackedRoot } from './tracked-root.js';
import { runTreeTool } from './tree-tool.js';

/** Where the pre-copy of a root left what the freeze builds on, and where the freeze leaves its own. */
export interface RootStaging {
  readonly before: string;
  readonly stored: string;
  readonly copies: string;
  readonly frozen: string;
}

export function rootStaging(stagingDir: string, { id }: TrackedRoot): RootStaging {
  const place = (name: string): string => join(stagingDir, `${name}-${id}`);
  return { before: place('before'), stored: place('stored'), copies: place('copies'), frozen: place('frozen') };
}

/** Files copied by the freeze, by the number of their entry. */
export interface FrozenCopies {
  readonly staged: ReadonlyMap<number, string>;
  /** Gone when their turn came: something outside the job removed them. */
  readonly vanished: readonly number[];
}

/** An hour: how much there is to copy is the job's doing, and the caller has its own limit for the freeze. */
const captureDeadlineMs = 3_600_000;

/** Lists a frozen root and copies what the pre-copy does not have, in one call of the tool: the job waits for it. */
export async function captureFrozen(
  root: TrackedRoot,
  staging: RootStaging,
  openFiles: readonly OpenFile[],
  { treeTool, exclude, signal }: Omit<ScanOptions, 'output'>,
): Promise<FrozenCopies> {
  // By inode number alone: the device that /proc shows differs from stat's on some file systems, and one copy too many does no harm.
  const input = Buffer.alloc(openFiles.length * 8);
  for (const [number, { ino }] of openFiles.entries()) input.writeBigUInt64LE(ino, number * 8);
  const files = ['--output', staging.frozen, '--before', staging.before, '--stored', staging.stored, '--copies', staging.copies];
  const args = [...leftOut(root, exclude), ...files, root.hostPath];
  const answer = await runTreeTool('capture', args, { treeTool, signal, deadlineMs: captureDeadlineMs, input });
  const staged = new Map<number, string>();
  const vanished: number[] = [];
  for (let at = 0; at + 8 <= answer.length; at += 8) {
    const index = answer.readUInt32LE(at);
    if (answer.readUInt32LE(at + 4) === 0) staged.set(index, join(staging.copies, String(index)));
    else vanished.push(index);
  }
  return { staged, vanished };
}
