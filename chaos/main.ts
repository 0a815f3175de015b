// Kills jobs, engines and helpers at random moments. docs/chaos.md says what is killed when, and what must hold then.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runCampaign, type Say, type Summary } from './kills/campaign.ts';
import { type ChaosOptions, chaosOptions } from './kills/options.ts';
import { phases } from './kills/phase.ts';
import { resumeEachSnapshot } from './twins/resume-each-snapshot.ts';

/** What a campaign of full length must have shown; a shorter one cannot. */
const fullLength = 30;
const leastHits = 3;

function print(summary: Summary): void {
  const { rounds, kills, victims, failed, skipped, seed } = summary;
  console.log(`\n${kills} kills in ${rounds} rounds of ${victims.length} programs (${victims.join(', ')}); seed ${seed}`);
  for (const phase of phases) console.log(`  ${phase.padEnd(18)}${String(summary.byPhase[phase]).padStart(4)}`);
  const targets = Object.entries(summary.byTarget).map(([target, count]) => `${target} ${count}`);
  console.log(`killed: ${targets.join(', ')}`);
  printMemory(summary.memory);
  for (const line of skipped) console.log(`left out: ${line}`);
  for (const { round, victim, folder } of failed) console.log(`FAILED: round ${round}, ${victim}, ${folder}`);
  console.log(failed.length === 0 ? 'every program ended with the right bytes' : `${failed.length} of ${rounds} rounds failed`);
}

function printMemory(memory: Readonly<Record<string, number>>): void {
  for (const note of Object.keys(memory).toSorted((a, b) => a.localeCompare(b))) console.log(`  ${String(memory[note]).padStart(5)} × ${note}`);
}

async function consistency(snapshots: number, holdfast: [string, ...string[]], { interval, json }: ChaosOptions, say: Say): Promise<number> {
  const result = await resumeEachSnapshot({ snapshots, holdfast, interval, say });
  if (json) console.log(JSON.stringify(result));
  else {
    printMemory(result.memory);
    for (const problem of result.problems) console.log(`FAILED: ${problem}`);
    console.log(`${result.byTwin} snapshots by twin, ${result.resumes} resumes${result.problems.length === 0 ? ': no inconsistency' : ''}`);
  }
  return result.problems.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const options = chaosOptions(process.argv.slice(2));
  if (options === undefined) return 0;
  if (process.getuid?.() !== 0) throw new Error('it needs root, since CRIU does: run it with sudo');
  const holdfast: [string, ...string[]] = [process.execPath, fileURLToPath(new URL('../packages/cli/lib/main.js', import.meta.url))];
  const say = (text: string): void => (options.json ? console.error(text) : console.log(text));
  say(`seed ${options.seed}`);
  if (options.snapshots !== undefined) return await consistency(options.snapshots, holdfast, options, say);
  const summary = await runCampaign(options, holdfast, say);
  if (options.json) console.log(JSON.stringify(summary));
  else print(summary);
  if (summary.failed.length > 0 || (process.env['CI'] === 'true' && summary.skipped.length > 0)) return 1;
  const missed: string[] = phases.filter((phase) => options.aims[phase].length > 0 && summary.byPhase[phase] < leastHits);
  if (options.name !== '') missed.push(...['snapshot: twin', 'resume: lazy, to the last page'].filter((note) => summary.memory[note] === undefined));
  if (options.rounds < fullLength || options.plan !== undefined || missed.length === 0) return 0;
  say(`too few of: ${missed.join(', ')}`);
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
