// Takes the machine of real programs away, and makes the table of docs/survival.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { missingRequirement, type Survived, type Victim } from '@holdfast/testkit/victims';
import { ContainerNode } from './container-node.ts';
import { surviveInDocker } from './in-docker.ts';
import { surviveInRun } from './in-run.ts';
import { inTurn } from './in-turn.ts';
import { type SurvivalOptions, survivalOptions } from './options.ts';
import { type Outcome, outcomeOf, withoutEnd } from './outcome.ts';
import { versionsOf } from './packages.ts';
import { chosenPrograms } from './programs.ts';
import { putBetween, tableOf } from './table.ts';

const holdfast: readonly [string, ...string[]] = [process.execPath, fileURLToPath(new URL('../../packages/cli/lib/main.js', import.meta.url))];

async function outcome(program: Victim, options: SurvivalOptions, run: (program: Victim) => Promise<Survived>): Promise<Outcome> {
  const versions = await versionsOf(program.requires);
  const missing = missingRequirement(program);
  if (missing !== undefined) return withoutEnd(program, versions, 'missing', `${missing} is not on this machine`);
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  try {
    const survived = await run(program);
    const judged = await outcomeOf(program, versions, survived, options.interruptions, seconds());
    if (judged.verdict !== 'failed') await rm(survived.folder, { recursive: true, force: true });
    return judged;
  } catch (error) {
    return withoutEnd(program, versions, 'failed', error instanceof Error ? error.message : String(error), seconds());
  }
}

function lineOf({ name, verdict, interruptions, snapshots, seconds, reason, folder }: Outcome): string {
  const more = reason === undefined ? '' : `: ${reason}`;
  return `${verdict.padEnd(9)}${name.padEnd(14)}${interruptions} losses, ${snapshots} snapshots, ${seconds} s${more}${folder === undefined || verdict === 'refused' ? '' : ` (${folder})`}`;
}

function playAll(programs: readonly Victim[], options: SurvivalOptions, run: (program: Victim) => Promise<Survived>): Promise<readonly Outcome[]> {
  return inTurn(programs, options.atATime, async (program) => {
    const made = await outcome(program, options, run);
    console.error(lineOf(made));
    if (options.json) console.log(JSON.stringify(made));
    return made;
  });
}

async function onNode<Result>({ settings }: SurvivalOptions, play: (node: ContainerNode) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp('/var/tmp/hf-survival-node-');
  try {
    await using node = await ContainerNode.start(folder, holdfast, settings);
    return await play(node);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const options = survivalOptions(words);
  if (options === undefined) return 0;
  if (process.getuid?.() !== 0) throw new Error('it needs root, since CRIU does: run it with sudo');
  const programs = chosenPrograms(options);
  const outcomes = await (options.in === 'run'
    ? playAll(programs, options, (each) => surviveInRun(each, holdfast, options))
    : onNode(options, (node) => playAll(programs, options, (each) => surviveInDocker(each, node, options))));
  const count = (verdict: Outcome['verdict']): number => outcomes.filter((each) => each.verdict === verdict).length;
  const line = `script/survival${words.map((word) => (/[^\w,.=-]/.test(word) ? ` '${word}'` : ` ${word}`)).join('')}`.replace(/ --write \S+/, '');
  const about = `\`${line}\`, ${new Date().toISOString().slice(0, 10)}: ${count('survived')} of ${outcomes.length} programs survived.`;
  const table = tableOf(outcomes, about);
  if (options.write !== undefined) {
    const { file, place } = options.write;
    await writeFile(file, putBetween(await readFile(file, 'utf8'), place, table));
  }
  if (!options.json) console.log(table);
  return count('failed') + count('missing') === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`survival: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
