import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { isProcessAlive, type ProcessIdentity, parseProcessStat, processIdentity } from './process-identity.js';

/**
 * CRIU overwrites its own environment, so its mark cannot be seen. Where guard and runc are killed, nothing but this note leads to it: a
 * CRIU that finished its dump later would freeze the job again.
 */
export async function recordDescendants(path: string, pid: number): Promise<void> {
  const identities = (await descendantsOf(pid)).map(processIdentity).filter((identity) => identity !== undefined);
  await writeFile(`${path}.new`, JSON.stringify(identities), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

const identitiesSchema: z.ZodType<readonly ProcessIdentity[]> = z.array(
  z.object({ bootId: z.string(), pid: z.number().int(), startTicks: z.number().int() }),
);

/** Those of the noted processes that still run. */
export async function recordedProcesses(path: string): Promise<readonly number[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  const parsed = identitiesSchema.safeParse(JSON.parse(text));
  return (parsed.data ?? []).filter(isProcessAlive).map(({ pid }) => pid);
}

async function descendantsOf(root: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseProcessStat(await readFile(`/proc/${name}/stat`, 'latin1').catch(() => ''));
    if (stat !== undefined) parents.set(Number(name), stat.parentPid);
  }
  const found = new Set([root]);
  // A child may be listed before its parent.
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}
