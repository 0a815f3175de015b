import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startVolumeServers, volumeMachine, volumeProcesses } from '@holdfast/testkit/juicefs';
import { missingServer } from '@holdfast/testkit/servers';
import { HeldRun, machineGone } from '@holdfast/testkit/victims';
import { expect, it } from 'vitest';
import { forget, holdfast, scratchFolder } from './interruptions.js';
import { runToEnd } from './run-to-end.js';

const engine = 'redis';
const missing = missingServer('juicefs') ?? missingServer('minio') ?? missingServer(engine);

/** Writes the time down fifty times a second, and what is mounted once, until it is told to end. */
const beats = `import os, time
with open('/proc/self/mountinfo') as mounts, open('mounts', 'w') as seen: seen.write(mounts.read())
with open('beats', 'w', buffering=1) as out:
    while not os.path.exists('end'):
        out.write(f'{time.time() * 1000:.0f}\\n'); time.sleep(0.02)
`;

/** Far above any freeze, far below how long each fault lasts. */
const longestGapMs = 4000;
const faultMs = 8000;

it.skipIf(missing !== undefined)(
  `whatever happens to its JuiceFS volume, a job runs on, and snapshots go on by themselves${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const folder = await scratchFolder('volume-faults');
    const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
    for (const place of [work, logs]) await mkdir(place);
    await writeFile(join(work, 'beats.py'), beats);
    await using servers = await startVolumeServers(engine);
    const machine = await volumeMachine(servers, join(folder, 'one'));
    await using _machine = { [Symbol.asyncDispose]: async () => void (await machine.lose()) };
    const { configFile, stateDirectory, environment, mountPath } = machine;
    const made = await runToEnd([...holdfast, 'storage', 'provision', '--config', configFile, '--state-dir', stateDirectory], environment);
    expect(made, made.stderr).toMatchObject({ status: 0 });
    const line = {
      holdfast,
      stateDirectory,
      environment,
      more: ['--config', configFile],
      job: 'beats',
      interval: '1s',
      workingDirectory: work,
      logs,
    };
    const run = new HeldRun({ ...line, command: ['python3', 'beats.py'] }, 1);
    await using _run = { [Symbol.asyncDispose]: async () => void (await machineGone(run)) };
    const told = (): string => `logs are in ${logs}; told: ${run.events.map(({ type }) => type).join(', ')}`;
    /** Two more: the first may have been stored already. */
    const goesOn = async (after: string): Promise<void> => {
      const before = run.toldSnapshot();
      expect(await run.until(() => run.toldSnapshot() >= before + 2, 90_000), `after ${after}: ${told()}`).toBe(true);
    };
    await goesOn('the start');
    const signalAll = (signal: NodeJS.Signals): Promise<void> => {
      const pids = volumeProcesses(mountPath);
      expect(pids).not.toEqual([]);
      for (const pid of pids) process.kill(pid, signal);
      return Promise.resolve();
    };
    const faults: readonly (readonly [string, () => Promise<void>])[] = [
      [
        'a client that stood still',
        async () => {
          await signalAll('SIGSTOP');
          await delay(faultMs);
          await signalAll('SIGCONT');
        },
      ],
      ['a client that was killed', () => signalAll('SIGKILL')],
      [
        'a bucket that was away',
        async () => {
          await servers.minio.kill();
          await delay(faultMs);
          await servers.minio.restart();
        },
      ],
      [
        'a bucket that stood still',
        async () => {
          await servers.minio.pause();
          await delay(faultMs);
          await servers.minio.resume();
        },
      ],
      [
        'a database that was killed',
        async () => {
          await servers.database.kill();
          await delay(faultMs);
          await servers.database.restart();
        },
      ],
    ];
    for (const [name, fault] of faults) {
      await fault();
      await goesOn(name);
    }
    await writeFile(join(work, 'end'), '');
    expect(await run.until(() => run.end !== undefined, 90_000), told()).toBe(true);
    expect(run.end, told()).toMatchObject({ status: 0 });
    const times = (await readFile(join(work, 'beats'), 'utf8')).trim().split('\n').map(Number);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(longestGapMs);
    expect(await readFile(join(work, 'mounts'), 'utf8')).not.toContain(mountPath);
    const verified = await runToEnd([...holdfast, 'verify', '--config', configFile, '--state-dir', stateDirectory], environment);
    expect(verified, verified.stderr).toMatchObject({ status: 0 });
    await forget(folder);
  },
  600_000,
);
