import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatabaseConfig, type DatabasePurpose, type DatabaseService, parseDatabaseConfig } from '@holdfast/aws-databases';
import type { WaitClock } from '@holdfast/core/provision';

export const place = { subnets: ['subnet-0a', 'subnet-0b'], clientSecurityGroups: ['sg-0c'], clientCidrs: ['10.0.0.0/16'] };

export function configOf(
  service: DatabaseService,
  more: Readonly<Record<string, unknown>> = {},
  purpose: DatabasePurpose = 'catalog',
): DatabaseConfig {
  return parseDatabaseConfig({ name: 'a', purpose }, { [service]: { ...place, ...more } });
}

/** Time that passes by being slept. */
export function virtualClock(): WaitClock {
  let nowMs = 0;
  return {
    monotonicMs: () => nowMs,
    sleep: async (ms, { signal } = {}) => {
      signal?.throwIfAborted();
      nowMs += ms;
      await Promise.resolve();
    },
  };
}

/** Hundreds of notes are synced: on a disk that takes its time. */
const memory = '/dev/shm';

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string; text(): Promise<string> }> {
  const path = await mkdtemp(join(memory, 'holdfast-databases-'));
  return {
    path,
    /** Of all files below it. */
    text: async () => {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return (await Promise.all(files.map(async (file) => readFile(file, 'utf8')))).join('\n');
    },
    [Symbol.asyncDispose]: async () => rm(path, { recursive: true, force: true }),
  };
}
