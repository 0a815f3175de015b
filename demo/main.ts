// bwa indexes a genome under Holdfast and loses its machine twice; its index is compared with that of an undisturbed run.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOutputs, type HeldLine, type HeldRun, machineGone, runUndisturbed, writeGenome } from '@holdfast/testkit/victims';
import { compareOutputs } from './compare.ts';
import type { Tally } from './event-teller.ts';
import { indexing } from './indexing.ts';
import { type DemoOptions, demoOptions } from './options.ts';
import { runDemo } from './run-demo.ts';
import { survive } from './survive.ts';
import { paint, Timeline } from './timeline.ts';

async function play(options: DemoOptions, folder: string, cleanup: AsyncDisposableStack): Promise<readonly string[]> {
  const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
  for (const place of [work, logs]) await mkdir(place, { recursive: true });
  const genome = join(folder, 'genome.fa');
  const victim = indexing(genome);
  console.log(`\n  ${paint(1, 'Holdfast: a real program loses its machine and finishes all the same')}\n`);
  console.log(`  program   ${victim.requires[0]} index, as Debian ships it: it knows nothing of Holdfast`);
  console.log(`  input     a generated genome of ${options.bases.toLocaleString('en')} bases`);
  console.log(`  machine   lost ${options.kills} times, at random moments (seed ${options.seed}): SIGKILL to every process at once`);
  console.log(`  files     ${folder}\n`);
  writeGenome(genome, options.bases, 7);
  const { command } = await victim.prepare(work, { scale: 1 });
  const line: HeldLine = {
    holdfast: [fileURLToPath(new URL('../bin/holdfast', import.meta.url))],
    storage: join(folder, 'storage'),
    stateDirectory: join(folder, 'state'),
    job: 'demo',
    interval: options.interval,
    workingDirectory: work,
    command,
    logs,
  };
  const timeline = new Timeline();
  timeline.tell('note', 'the same program runs undisturbed beside it, to compare with');
  const plain = runUndisturbed(victim, join(folder, 'undisturbed'), { scale: 1, deadlineMs: 900_000 });
  plain.catch(() => undefined);
  const tally: Tally = { freezesMs: [], storedBytes: [], resumesMs: [], kills: 0, lastSnapshotAt: Date.now() };
  const random = randomFrom(options.seed);
  let running: HeldRun | undefined;
  cleanup.defer(async () => void (running?.end === undefined && running !== undefined && (await machineGone(running))));
  const onStarted = (run: HeldRun): void => {
    running = run;
  };
  const status = await survive({ line, kills: options.kills, moment: () => random() * 9000, timeline, tally, onStarted });
  const undisturbed = await plain;
  console.log(`\n${timeline.strip()}\n`);
  const same = compareOutputs(join(folder, 'undisturbed'), undisturbed.digests, await digestOutputs(work, victim.outputs));
  console.log(`\n  ${summary(tally, undisturbed.seconds)}`);
  return [
    ...(status === 0 ? [] : [`the line ended with status ${status}, not 0`]),
    ...(tally.kills === options.kills ? [] : [`the program ended after ${tally.kills} of ${options.kills} kills: give it more --bases`]),
    ...(tally.resumesMs.length === tally.kills ? [] : [`${tally.kills} kills, but ${tally.resumesMs.length} resumes`]),
    ...(same ? [] : ['the outputs differ']),
  ];
}

function summary({ freezesMs, resumesMs, kills }: Tally, undisturbedSeconds: number): string {
  const middle = freezesMs.toSorted((a, b) => a - b)[Math.floor(freezesMs.length / 2)] ?? 0;
  const longest = Math.max(0, ...freezesMs);
  const resumes = resumesMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(' and ');
  return `${freezesMs.length} snapshots (frozen for ${Math.round(middle)} ms in the median, ${Math.round(longest)} ms at most), ${kills} kills, resumed in ${resumes}; undisturbed it took ${undisturbedSeconds.toFixed(1)} s`;
}

/** A number from 0 to 1, the same row for the same seed. */
function randomFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

await runDemo({ options: demoOptions, needsRoot: 'CRIU does', play });
