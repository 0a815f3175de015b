// script/chaos --lost-servers: catalogs whose server is killed while it commits. docs/chaos.md says what must hold.
import { inCampaignFolder } from '../line/campaign-folder.ts';
import { type ArenaKind, missingArena, startArena } from '../races/catalogs/start-arena.ts';
import { type LossTally, runLosses } from './campaign.ts';
import { type LossOptions, lossOptions } from './options.ts';

try {
  const options = lossOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await lose(options);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

/** The kinds play side by side: most of the time they wait for a server to start. One that breaks off ends no other. */
async function lose(options: LossOptions): Promise<number> {
  const say = (line: string): void => (options.json ? console.error(line) : console.log(line));
  say(`seed ${options.seed}`);
  const campaigns = options.kinds.map(async (kind, place) => {
    try {
      return await campaign(kind, { ...options, seed: options.seed + place }, say);
    } catch (error) {
      console.error(`chaos: ${kind}: ${error instanceof Error ? error.message : String(error)}`);
      return 2;
    }
  });
  return Math.max(0, ...(await Promise.all(campaigns)));
}

/** Plays all rounds. */
async function campaign(kind: ArenaKind, { rounds, seed, json }: LossOptions, say: (line: string) => void): Promise<number> {
  const missing = missingArena(kind);
  if (missing !== undefined) {
    say(`left out: ${kind}: ${missing}`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const isWrong = ({ problems }: LossTally): boolean => problems.length > 0;
  const tally = await inCampaignFolder({ prefix: 'holdfast-losses-', say, isToBeKept: isWrong }, async (folder) => {
    await using arena = await startArena(kind, folder);
    return await runLosses({ folder, arena, rounds, seed, onRound: say });
  });
  if (json) console.log(JSON.stringify(tally));
  else console.log(`${kind}: ${tally.rounds} losses, ${tally.unanswered} calls without an answer: ${isWrong(tally) ? 'WRONG' : 'nothing lost'}`);
  return isWrong(tally) ? 1 : 0;
}
