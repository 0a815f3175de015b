import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type MachineSessions, machineSessions } from '@holdfast/core';

/** Of this machine, gone with its boot: who uses which directory. */
export function defaultRuntimeDirectory(): string {
  const { uid } = userInfo();
  return uid === 0 ? '/run/holdfast' : `/tmp/holdfast-${uid}`;
}

/** Not in the directory itself: to note a session there would hang with it. */
export function sessionsOf(path: string, runtimeDirectory: string): MachineSessions {
  return machineSessions(join(runtimeDirectory, 'sessions', `local-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`));
}
