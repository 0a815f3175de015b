// bwa indexes a genome on a JuiceFS volume's machine, which is lost with client and cache; another machine with an empty cache goes on.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VolumeMachine } from '@holdfast/testkit/juicefs';
import { type ConfiguredLine, digestOutputs, type HeldRun, machineGone, runUndisturbed, writeGenome } from '@holdfast/testkit/victims';
import { compareOutputs } from '../compare.ts';
import type { Tally } from '../event-teller.ts';
import { indexing } from '../indexing.ts';
import { survive } from '../survive.ts';
import { runDemo } from '../run-demo.ts';
import { paint, Timeline } from '../timeline.ts';
import { holdfastSays } from './holdfast-says.ts';
import { type JuicefsDemoOptions, juicefsDemoOptions } from './options.ts';
import { openStage } from './stage.ts';

const holdfast: readonly [string] = [fileURLToPath(new URL('../../bin/holdfast', import.meta.url))];

async function play(options: JuicefsDemoOptions, folder: string, cleanup: AsyncDisposableStack): Promise<readonly string[]> {
  const [work, logs, genome] = [join(folder, 'work'), join(folder, 'logs'), join(folder, 'genome.fa')];
  for (const place of [work, logs]) await mkdir(place);
  console.log(`\n  ${paint(1, 'Holdfast: a job whose snapshots are in a JuiceFS volume moves from one machine to another')}\n`);
  const victim = indexing(genome);
  const stage = cleanup.use(await openStage(options.metadata));
  const { minio, database } = stage.servers;
  console.log(`  objects   MinIO, an S3 server, on ${minio.url}`);
  console.log(`  AWS       a stand-in for its control plane, on ${stage.aws.endpoint}: no AWS, but what it makes is real`);
  console.log(`  metadata  ${stage.service}: it will be at ${database.kind} on port ${database.port}; the catalog is there, too`);
  console.log(`  program   ${victim.requires[0]} index, of a generated genome of ${options.bases.toLocaleString('en')} bases`);
  console.log(`  machines  two: folders with a cache, a mount and a state of their own; the first is lost\n`);
  const machine = async (name: string): Promise<VolumeMachine> => {
    const made = await stage.machine(join(folder, name));
    cleanup.defer(async () => void (await made.lose()));
    return made;
  };
  const first = await machine('machine-1');
  await holdfastSays(holdfast, first, 'storage', 'provision');
  writeGenome(genome, options.bases, 7);
  const { command } = await victim.prepare(work, { scale: 1 });
  const on = ({ configFile, stateDirectory, environment }: VolumeMachine): ConfiguredLine => ({
    holdfast,
    stateDirectory,
    job: 'demo',
    interval: options.interval,
    more: ['--config', configFile],
    workingDirectory: work,
    command,
    logs,
    environment,
  });
  const timeline = new Timeline();
  timeline.tell('note', 'the same program runs undisturbed beside it, to compare with');
  const plain = runUndisturbed(victim, join(folder, 'undisturbed'), { scale: 1, deadlineMs: 900_000 });
  plain.catch(() => undefined);
  const tally: Tally = { freezesMs: [], storedBytes: [], resumesMs: [], kills: 0, lastSnapshotAt: Date.now() };
  let running: HeldRun | undefined;
  cleanup.defer(async () => void (running?.end === undefined && running !== undefined && (await machineGone(running))));
  const status = await survive({
    line: on(first),
    kills: 1,
    moment: () => 4000,
    timeline,
    tally,
    async onLost() {
      await first.lose();
      // Its disk goes with it: what the job wrote is in the snapshot alone.
      await rm(work, { recursive: true });
      await mkdir(work);
      timeline.tell('note', "with it its JuiceFS client, the client's cache, and the job's files");
      timeline.tell('note', 'another machine: an empty cache, the volume mounted elsewhere');
      return on(await machine('machine-2'));
    },
    onStarted: (run) => {
      running = run;
    },
  });
  const undisturbed = await plain;
  console.log(`\n${timeline.strip()}\n`);
  const same = compareOutputs(join(folder, 'undisturbed'), undisturbed.digests, await digestOutputs(work, victim.outputs));
  return [
    ...(status === 0 ? [] : [`the line ended with status ${status}, not 0`]),
    ...(tally.kills === 1 ? [] : ['the program ended before its machine was lost: give it more --bases']),
    ...(tally.resumesMs.length === tally.kills ? [] : ['the job was not resumed']),
    ...(same ? [] : ['the outputs differ']),
  ];
}

await runDemo({ options: juicefsDemoOptions, needsRoot: 'CRIU and mounting do', play });
