// script/chaos --provision: databases and volumes whose provisioning is killed after each call of AWS. docs/chaos.md says what must hold.
import type { DatabaseService } from '@holdfast/aws-databases';
import { inCampaignFolder } from '../line/campaign-folder.ts';
import { missingArena, startArena } from './arena.ts';
import { databaseSubject } from './database-subject.ts';
import { killEverywhere } from './kills.ts';
import { tryMoods } from './moods.ts';
import { type ProvisionOptions, provisionOptions } from './options.ts';
import { takeRights } from './rights.ts';
import { storageSubject } from './storage/storage-subject.ts';

interface Tally {
  readonly service: DatabaseService;
  kills: number;
  killsOfRemoval: number;
  moods: number;
  rights: number;
  readonly problems: string[];
}

try {
  const options = provisionOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await provision(options);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

async function provision({ services, json, ...chosen }: ProvisionOptions): Promise<number> {
  const say = (line: string): void => (json ? console.error(line) : console.log(line));
  const missing = missingArena(chosen.storage === undefined ? 'databases' : 'storage');
  if (missing !== undefined) {
    say(`left out: ${missing}`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  let worst = 0;
  for (const service of services) {
    const isWrong = ({ problems }: Tally): boolean => problems.length > 0;
    const tally = await inCampaignFolder({ prefix: 'holdfast-provision-', say, isToBeKept: isWrong }, (folder) => play(service, chosen, folder));
    if (json) console.log(JSON.stringify(tally));
    for (const problem of tally.problems) say(`${service}: WRONG: ${problem}`);
    const counts = `${tally.kills} kills, ${tally.killsOfRemoval} of the removal, ${tally.moods} runs in moods of AWS, ${tally.rights} rights taken away`;
    say(`${service}: ${counts}: ${isWrong(tally) ? 'WRONG' : 'one of each, and none left'}`);
    if (isWrong(tally)) worst = 1;
  }
  return worst;
}

/** Each part in an account of its own making; one that is wrong ends no other. */
async function play(
  service: DatabaseService,
  { storage, parts, answers }: Omit<ProvisionOptions, 'services' | 'json'>,
  folder: string,
): Promise<Tally> {
  await using arena = await startArena({ withCaches: storage !== undefined });
  const subject = storage === undefined ? databaseSubject(arena, service) : storageSubject(arena, service);
  const tally: Tally = { service, kills: 0, killsOfRemoval: 0, moods: 0, rights: 0, problems: [] };
  const plays = {
    moods: () => tryMoods(subject, folder),
    rights: () => takeRights(subject, folder),
    kills: () => killEverywhere(subject, 'provision', folder, answers),
    killsOfRemoval: () => killEverywhere(subject, 'destroy', folder, answers),
  };
  for (const part of parts) {
    try {
      tally[part] = await plays[part]();
    } catch (error) {
      tally.problems.push(`${part}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return tally;
}
