// script/chaos --volume-faults: a job on a JuiceFS volume whose parts fail. docs/chaos.md says what must hold.
import { missingServer } from '@holdfast/testkit/servers';
import { inCampaignFolder } from '../line/campaign-folder.ts';
import { type VolumeFaultsOptions, volumeFaultsOptions } from './options.ts';
import { play, type VolumeTally } from './play.ts';

try {
  const options = volumeFaultsOptions(process.argv.slice(2));
  if (options !== undefined) process.exitCode = await main(options);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

async function main({ engines, quick, json }: VolumeFaultsOptions): Promise<number> {
  const say = (line: string): void => (json ? console.error(line) : console.log(line));
  let worst = 0;
  for (const engine of engines) {
    const missing = missingServer('juicefs') ?? missingServer('minio') ?? missingServer(engine);
    if (missing !== undefined) {
      say(`${engine}: left out: ${missing}`);
      continue;
    }
    // Not in /tmp: a job has one of its own.
    const place = { parent: '/var/tmp', prefix: 'holdfast-volume-', say, isToBeKept: isWrong };
    const tally = await inCampaignFolder(place, (folder) => play(engine, folder, quick, say));
    if (json) console.log(JSON.stringify(tally));
    tell(tally, say);
    if (isWrong(tally)) worst = 1;
  }
  return worst;
}

function isWrong({ problems }: VolumeTally): boolean {
  return problems.length > 0;
}

function tell(tally: VolumeTally, say: (line: string) => void): void {
  const { engine, faults, problems } = tally;
  for (const { fault, failedSnapshots, committedAfterMs, told } of faults) {
    say(`${engine}: ${fault}: ${failedSnapshots} snapshots failed, the next one committed ${committedAfterMs ?? 'never: '} ms after its end`);
    for (const line of told) say(`${engine}:   ${line}`);
  }
  for (const problem of problems) say(`${engine}: WRONG: ${problem}`);
  say(
    `${engine}: ${tally.committed} snapshots, the job never stood still for more than ${tally.longestGapMs} ms, ${tally.verifiedCount} times the second mount chose one ` +
      `(${tally.snapshotCount} different) and found it whole, ended ${tally.endedAfterMs} ms after the job with the bucket gone: ${isWrong(tally) ? 'WRONG' : 'right'}`,
  );
}
