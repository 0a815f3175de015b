// script/chaos --containers: many short containers at once, half of them with snapshots, while their agent is started anew and killed. docs/chaos.md says what must hold.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { inCampaignFolder } from '../line/campaign-folder.ts';
import { type ContainersOptions, containersOptions } from './options.ts';
import { type ContainersTally, play } from './play.ts';

try {
  const options = containersOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await main(options);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

async function main(options: ContainersOptions): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('it needs root, since Docker and CRIU do: run it with sudo');
  const say = (line: string): void => (options.json ? console.error(line) : console.log(line));
  const holdfast: readonly [string, ...string[]] = [process.execPath, fileURLToPath(new URL('../../packages/cli/lib/main.js', import.meta.url))];
  const place = { prefix: 'holdfast-containers-', say, isToBeKept: isWrong };
  const tally = await inCampaignFolder(place, (folder) => play(options, folder, holdfast, say));
  if (options.json) console.log(JSON.stringify(tally));
  tell(tally, say);
  return isWrong(tally) ? 1 : 0;
}

function isWrong({ problems }: ContainersTally): boolean {
  return problems.length > 0;
}

function tell(tally: ContainersTally, say: (line: string) => void): void {
  const { containers, protectedContainers, snapshots, withSnapshots, killedOver, longestGapMs, longestFreezeMs, problems, elapsedMs } = tally;
  for (const problem of problems) say(`WRONG: ${problem}`);
  say(
    `${containers} containers in ${Math.round(elapsedMs / 1000)} s, ${protectedContainers} of them with snapshots: ${snapshots} snapshots, of ${withSnapshots} of them; the longest freeze ${longestFreezeMs} ms`,
  );
  say(
    `the longest time from one step to the next: ${longestGapMs.plain} ms without snapshots, ${longestGapMs.protected} ms with, ${longestGapMs.killedOver} ms of the ${killedOver} whose agent was killed while they stood still`,
  );
  say(problems.length === 0 ? 'every container ended by itself, with the right answer' : `${problems.length} things are wrong`);
}
