import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import { isProcessAlive, processIdentity } from '@holdfast/core/basics';
import * as z from 'zod';
import { unmountLazily } from './unmount.js';

const identitySchema = z.object({ bootId: z.string(), pid: z.int().positive(), startTicks: z.number() });
const goneMs = 2000;

/**
 * Notes a client that has not mounted yet, so that whoever comes after a Holdfast that was killed ends it: else two would be mounted one above the other.
 * Throws where the note cannot be written.
 */
export function noteStartingClient(path: string, pid: number): void {
  // At once: a kill in between leaves nobody who knows of it.
  const identity = processIdentity(pid);
  if (identity === undefined) return;
  try {
    writeFileSync(noteFile(path), JSON.stringify(identity), { mode: 0o600 });
  } catch (error) {
    throw new HoldfastError('HF_STORAGE_PERMISSION', {
      kind: 'permission',
      message: `The volume cannot be mounted at '${path}': ${error instanceof Error ? error.message : String(error)}`,
      operation: 'storage.attach',
      context: { path },
      hint: "While its client starts a note of it is kept beside the mount: give a 'mount.path' in a directory that can be written, and has room",
      cause: error,
    });
  }
}

/** It has mounted, or ended. */
export async function forgetStartingClient(path: string): Promise<void> {
  await rm(noteFile(path), { force: true }).catch(() => undefined);
}

/** Ends a client that a killed process left mounting. To be called with the mount's lock. */
export async function endUnfinishedClient(path: string): Promise<void> {
  const identity = readNote(path);
  if (identity !== undefined && isProcessAlive(identity)) await endClient(path, identity.pid);
  await forgetStartingClient(path);
}

/** Ends a client that has not mounted yet, and its parent, which are one group, and unmounts what it may have mounted meanwhile. */
export async function endClient(path: string, pid: number): Promise<void> {
  const deadline = performance.now() + goneMs;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
  while (livesInGroup(pid) && performance.now() < deadline) await sleep(10);
  await unmountLazily(path);
}

/** A zombie, which may stay for long where pid 1 reaps nobody, mounts nothing any more. */
function livesInGroup(leader: number): boolean {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  return pids.some((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(group) === leader && state !== 'Z' && state !== 'X';
    } catch {
      return false;
    }
  });
}

function readNote(path: string): z.output<typeof identitySchema> | undefined {
  try {
    return identitySchema.safeParse(JSON.parse(readFileSync(noteFile(path), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Beside the mount, not on it. */
function noteFile(path: string): string {
  return join(dirname(path), `.${basename(path)}.starting`);
}
