import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startVolumeServers, type VolumeMachine, volumeMachine, type VolumeServers } from '@holdfast/testkit/juicefs';
import { type ConfiguredLine, HeldRun, machineGone } from '@holdfast/testkit/victims';
import { heartbeat } from './heartbeat.ts';
import type { Engine } from './options.ts';

const run = promisify(execFile);
const holdfast = [process.execPath, fileURLToPath(new URL('../../packages/cli/lib/main.js', import.meta.url))] as const;
export const job = 'beats';

/** Servers, two machines that share one volume, and a folder for what the job does. The first machine's cache has a small disk of its own. */
export interface Stage extends AsyncDisposable {
  readonly servers: VolumeServers;
  readonly one: VolumeMachine;
  readonly two: VolumeMachine;
  readonly work: string;
  /** Starts the job, or resumes it, on a machine. */
  start(machine: VolumeMachine): HeldRun;
  /** The first machine goes away, with its client and its cache. */
  loseFirst(): Promise<void>;
  /** A command of Holdfast's on a machine; rejects where it fails. */
  command(machine: VolumeMachine, words: readonly string[]): Promise<void>;
}

/** What of a campaign may be longer or shorter. */
export interface Measure {
  /** How long a call of the repository may take, besides the time for its bytes. */
  readonly commitTimeout: string;
  /** What each snapshot has to store about. */
  readonly changedMebibytes: number;
}

export async function setStage(engine: Engine, folder: string, { commitTimeout, changedMebibytes }: Measure): Promise<Stage> {
  await using cleanup = new AsyncDisposableStack();
  const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
  for (const place of [work, logs]) await mkdir(place);
  await writeFile(join(work, 'beats.py'), heartbeat);
  const servers = cleanup.use(await startVolumeServers(engine));
  const make = async (name: string): Promise<VolumeMachine> => {
    const machine = await volumeMachine(servers, join(folder, name));
    cleanup.defer(async () => void (await machine.lose()));
    await limitCalls(machine, commitTimeout);
    return machine;
  };
  const [one, two] = [await make('one'), await make('two')];
  const freeDisk = await smallDisk(one.cacheDirectory);
  cleanup.defer(freeDisk);
  const command = async (machine: VolumeMachine, words: readonly string[]): Promise<void> => {
    const [program, ...first] = holdfast;
    const line = [...first, ...words, '--config', machine.configFile, '--state-dir', machine.stateDirectory];
    await run(program, line, { env: { ...process.env, ...machine.environment } });
  };
  await command(one, ['storage', 'provision']);
  const held = cleanup.move();
  let attempts = 0;
  const start = ({ configFile, stateDirectory, environment }: VolumeMachine): HeldRun => {
    const line: ConfiguredLine = {
      holdfast,
      stateDirectory,
      environment,
      more: ['--config', configFile],
      job,
      interval: '1s',
      workingDirectory: work,
      logs,
      command: ['python3', 'beats.py', String(changedMebibytes)],
    };
    attempts += 1;
    const started = new HeldRun(line, attempts);
    held.defer(async () => void (await machineGone(started)));
    return started;
  };
  const loseFirst = async (): Promise<void> => {
    await freeDisk();
    await one.lose();
  };
  return { servers, one, two, work, start, command, loseFirst, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

async function limitCalls({ configFile }: VolumeMachine, commitTimeout: string): Promise<void> {
  const config = JSON.parse(await readFile(configFile, 'utf8')) as object;
  await writeFile(configFile, JSON.stringify({ ...config, limits: { commitTimeout } }));
}

/** A tmpfs of 128 MiB in the place of a directory. Resolves with what takes it away. */
async function smallDisk(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=128m,mode=0700', 'none', directory]);
  let isMounted = true;
  return async () => {
    if (isMounted) await run('umount', ['--lazy', directory]);
    isMounted = false;
  };
}
