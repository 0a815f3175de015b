import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A signal that somebody had Docker send to a container. */
export interface RelayedSignal {
  /** 0: one that is not known. */
  readonly signal: number;
  /** Since 1970. */
  readonly atMs: number;
}

/** Launchers note here what they relay, a file a container, also where no agent is there to hear it. */
function folderOf(socket: string): string {
  return join(dirname(socket), 'killed');
}

/** In their order. Lines that are not understood are left out: a launcher may be writing one. */
export async function readRelayedSignals(socket: string, id: string): Promise<readonly RelayedSignal[]> {
  const text = await readFile(join(folderOf(socket), id), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, signal, atMs] = /^(\d{1,3}) (\d{1,16})$/.exec(line) ?? [];
    return signal === undefined || atMs === undefined ? [] : [{ signal: Number(signal), atMs: Number(atMs) }];
  });
}

/** Those of containers that nobody asks about any more; their launchers left them for the agent. */
export async function removeRelayedSignals(socket: string, isNeeded: (id: string) => boolean): Promise<void> {
  const ids = await readdir(folderOf(socket)).catch(() => []);
  for (const id of ids) if (!isNeeded(id)) await rm(join(folderOf(socket), id), { force: true }).catch(() => undefined);
}
