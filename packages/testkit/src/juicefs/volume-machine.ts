import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { attemptsIn } from '../victims/under-holdfast/attempt-view.js';
import { allPids, commandLineOf, killPid, readProcess } from '../victims/under-holdfast/process-table.js';
import type { VolumeServers } from './volume-servers.js';

const run = promisify(execFile);

/** What one machine has of a volume: its configuration, its cache, its mount, its state. Several of them stand for several machines. */
export interface VolumeMachine {
  readonly folder: string;
  readonly configFile: string;
  readonly stateDirectory: string;
  readonly mountPath: string;
  readonly cacheDirectory: string;
  /** Names the catalog, and holds its password. */
  readonly environment: Readonly<Record<string, string>>;
  /** As a machine that goes away: SIGKILL to the client and its parent, and the cache, the state and the mount are gone. Resolves with how many processes were killed. */
  lose(): Promise<number>;
}

/** `folder` is made, the machine's alone. `storage` goes over what the storage's section says of the whole. */
export async function volumeMachine(
  { minio, metadata, catalog }: VolumeServers,
  folder: string,
  storage: Readonly<Record<string, unknown>> = {},
): Promise<VolumeMachine> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const place = (name: string): string => join(folder, name);
  const [keysFile, passwordFile, configFile] = [place('keys.json'), place('password'), place('holdfast.json')];
  const [mountPath, cacheDirectory, stateDirectory] = [place('mount'), place('cache'), place('state')];
  const secret = { mode: 0o600 };
  await writeFile(keysFile, JSON.stringify({ accessKeyId: minio.user, secretAccessKey: minio.password }), secret);
  await writeFile(passwordFile, metadata.password, secret);
  const section = {
    type: 'juicefs',
    name: 'holdfast-test',
    bucket: { name: 'holdfast-test', region: minio.region, endpoint: minio.url, keysFile },
    metadata: { url: metadata.url, passwordFile },
    mount: { path: mountPath, cacheDirectories: [cacheDirectory], cacheSize: '2GiB', bufferSize: '300MiB', logFile: place('juicefs.log') },
    stateDirectory: place('provisioned'),
    ...storage,
  };
  await writeFile(configFile, JSON.stringify({ storage: section }, undefined, 2));
  return {
    folder,
    configFile,
    stateDirectory,
    mountPath,
    cacheDirectory,
    environment: { HOLDFAST_CATALOG: catalog.url, HOLDFAST_CATALOG_PASSWORD: catalog.password },
    async lose() {
      const killed = await killClients(mountPath);
      if (await isMounted(mountPath)) await run('umount', ['--lazy', mountPath]);
      if (await isMounted(folder)) throw new Error(`something is still mounted in ${folder}`);
      // Its memory goes with it, too.
      const inMemory = attemptsIn(stateDirectory).map((attempt) => `/dev/shm/holdfast-${attempt}`);
      await run('rm', ['-rf', '--one-file-system', folder, ...inMemory]);
      return killed;
    },
  };
}

async function killClients(mountPath: string): Promise<number> {
  const killed = new Set<number>();
  const end = performance.now() + 10_000;
  for (;;) {
    const clients = volumeProcesses(mountPath);
    if (clients.length === 0) return killed.size;
    if (performance.now() > end) throw new Error(`processes ${clients.join(', ')} still run ten seconds after SIGKILL`);
    for (const pid of clients) {
      killPid(pid);
      killed.add(pid);
    }
    await sleep(10);
  }
}

/** The client of a mount, and its parent that starts it anew: by the log that they hold, since the line that the client writes over its arguments may be cut short. */
export function volumeProcesses(mountPath: string): readonly number[] {
  const clients = allPids().filter((pid) => readProcess(pid) !== undefined && isJuicefs(commandLineOf(pid)));
  const holding = new Set(clients.filter((pid) => holdsFileBelow(pid, dirname(mountPath))));
  const isRelative = (pid: number): boolean =>
    holding.has(readProcess(pid)?.parentPid ?? 0) || [...holding].some((other) => readProcess(other)?.parentPid === pid);
  return clients.filter((pid) => holding.has(pid) || isRelative(pid));
}

/** The client writes its whole line over its first argument. */
function isJuicefs(words: readonly string[]): boolean {
  return words[0]?.split(' ')[0]?.endsWith('/juicefs') === true;
}

function holdsFileBelow(pid: number, folder: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((name) => readlinkSync(`/proc/${pid}/fd/${name}`).startsWith(`${folder}/`));
  } catch {
    return false;
  }
}

/** Whether anything is mounted at a path or below it. */
async function isMounted(path: string): Promise<boolean> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines.some((line) => `${line.split(' ')[4]}/`.startsWith(`${path}/`));
}
