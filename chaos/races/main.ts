// script/chaos --catalog: processes that race for one job, with leases of a real catalog. docs/chaos.md says what must hold.
import { inCampaignFolder } from '../line/campaign-folder.ts';
import { runCampaign } from './campaign.ts';
import { missingArena, startArena } from './catalogs/start-arena.ts';
import { type RacesOptions, racesOptions } from './options.ts';
import type { Tally } from './tally.ts';

try {
  const options = racesOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await race(options);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

async function race({ kinds, rounds, seed, blind, json }: RacesOptions): Promise<number> {
  const say = (line: string): void => (json ? console.error(line) : console.log(line));
  say(`seed ${seed}`);
  let status = 0;
  for (const [place, kind] of kinds.entries()) {
    const missing = missingArena(kind);
    if (missing !== undefined) {
      say(`left out: ${kind}: ${missing}`);
      if (process.env['CI'] === 'true') status = 1;
      continue;
    }
    const share = Math.floor(rounds / kinds.length) + (place < rounds % kinds.length ? 1 : 0);
    const isWrong = ({ problems }: Tally): boolean => problems.length > 0 && !blind;
    const tally = await inCampaignFolder({ prefix: 'holdfast-races-', say, isToBeKept: isWrong }, async (folder) => {
      await using arena = await startArena(kind, folder);
      return await runCampaign({ folder, arena, rounds: share, seed: seed + place, blind, onRound: say });
    });
    if (json) console.log(JSON.stringify(tally));
    else print(tally);
    // A build without the epoch rule must be found out; the real one has nothing to be found.
    if (tally.problems.length > 0 !== blind) status = 1;
  }
  return status;
}

function print({
  kind,
  rounds,
  contenders,
  skewed,
  calls,
  claims,
  committed,
  fenced,
  unanswered,
  deaths,
  stops,
  befell,
  leases,
  leasesWonTwice,
  sweeps,
  problems,
}: Tally): void {
  console.log(`\n${kind}: ${rounds} rounds, ${contenders} contenders, ${skewed} of them with a wrong clock, ${calls} calls`);
  console.log(`  claims ${claims}, committed ${committed}, fenced ${fenced}, never answered ${unanswered}, killed ${deaths}`);
  console.log(`  leases taken ${leases.taken}, refused ${leases.refused}, found lost ${leases.lost}, catalog did not answer ${leases.unanswered}`);
  console.log(`  leases that two had at the same time: ${leasesWonTwice}; the epochs decided`);
  console.log(`  swept ${sweeps.done} times, refused ${sweeps.refused}, overtaken by a claim ${sweeps.fenced}; snapshots removed ${sweeps.removed}`);
  console.log(
    `  stopped ${Object.entries(stops)
      .map(([at, count]) => `${at} ${count}`)
      .join(', ')}`,
  );
  const troubles = Object.entries(befell).map(([what, count]) => `${what} ${count}`);
  if (troubles.length > 0) console.log(`  the server was ${troubles.join(', ')}`);
  console.log(problems.length === 0 ? '  every history has an order, and nothing committed was lost' : `  ${problems.length} problems`);
}
