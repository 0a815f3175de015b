import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startVolumeServers, type VolumeMachine, volumeMachine } from '@holdfast/testkit/juicefs';
import { missingServer } from '@holdfast/testkit/servers';
import { type ConfiguredLine, digestOutputs, HeldRun, machineGone, numberField, runUndisturbed, victimNamed } from '@holdfast/testkit/victims';
import { expect, it } from 'vitest';
import { commandLinesWith, filesWith } from '../support/secret-places.js';
import { forget, holdfast, scratchFolder } from './interruptions.js';
import { runToEnd } from './run-to-end.js';

const engine = 'postgres';
const missing = missingServer('juicefs') ?? missingServer('minio') ?? missingServer(engine);

it.skipIf(missing !== undefined)(
  `a job on a JuiceFS volume whose machine is lost with client and cache goes on on another one${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const folder = await scratchFolder('lost-node');
    const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
    for (const place of [work, logs]) await mkdir(place);
    await using servers = await startVolumeServers(engine);
    const secrets = [servers.minio.password, servers.metadata.password, servers.catalog.password];
    const one = await volumeMachine(servers, join(folder, 'one'));
    await using _one = losing(one);
    const two = await volumeMachine(servers, join(folder, 'two'));
    await using _two = losing(two);
    const made = await runToEnd(
      [...holdfast, 'storage', 'provision', '--config', one.configFile, '--state-dir', one.stateDirectory],
      one.environment,
    );
    expect(made, made.stderr).toMatchObject({ status: 0 });

    const victim = victimNamed('python');
    const options = { scale: 2 };
    const undisturbed = runUndisturbed(victim, join(folder, 'plain'), { ...options, deadlineMs: 120_000 });
    const prepared = await victim.prepare(work, options);
    const line = ({ configFile, stateDirectory, environment }: VolumeMachine): ConfiguredLine => {
      const job = { job: 'walk', interval: '500ms', command: prepared.command, workingDirectory: work, logs };
      return { holdfast, stateDirectory, environment, more: ['--config', configFile], ...job };
    };
    const first = new HeldRun(line(one), 1);
    await using _first = ending(first);
    expect(await first.until(() => first.toldSnapshot() >= 1, 120_000), `logs are in ${logs}; ${told(first)}`).toBe(true);
    for (const secret of secrets) expect(await commandLinesWith(secret)).toEqual([]);
    await machineGone(first);
    for (const secret of secrets) expect(await filesWith(secret, one.stateDirectory)).toEqual([]);
    await one.lose();
    await rm(work, { recursive: true });
    await mkdir(work);

    const second = new HeldRun(line(two), 2);
    await using _second = ending(second);
    expect(await second.until(() => second.end !== undefined, 120_000), `logs are in ${logs}; ${told(second)}`).toBe(true);
    expect(second.end, told(second)).toMatchObject({ status: 0 });
    const resumed = second.last('job.resumed');
    expect(resumed && numberField(resumed, 'snapshot')).toBeGreaterThanOrEqual(first.toldSnapshot());
    expect(await digestOutputs(work, prepared.outputs)).toEqual((await undisturbed).digests);
    for (const secret of secrets) expect(await filesWith(secret, logs)).toEqual([]);
    await forget(folder);
  },
  300_000,
);

function told({ events }: HeldRun): string {
  return `told: ${events.map(({ type }) => type).join(', ')}`;
}

function ending(run: HeldRun): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => void (await machineGone(run)) };
}

function losing(machine: VolumeMachine): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => void (await machine.lose()) };
}
