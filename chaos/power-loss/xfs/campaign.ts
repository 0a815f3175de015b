import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncPoint } from '@holdfast/store/internal';
import { checkRepository } from '../check-repository.ts';
import { Random } from '../random.ts';
import { nothingPromised, type Promises } from '../reports.ts';
import { LoopFileSystem } from './loop-file-system.ts';
import { writeUntilPowerLoss } from './write-until-power-loss.ts';

export interface CampaignOptions {
  readonly folder: string;
  readonly rounds: number;
  readonly seed: number;
  readonly omitFsync: SyncPoint | undefined;
  readonly onRound: (line: string) => void;
}

export interface CampaignOutcome {
  readonly rounds: number;
  /** Snapshots that were found whole, summed over the rounds. */
  readonly snapshotsFound: number;
  readonly broken: string | undefined;
}

/** Round after round: write, lose power, mount again, hold what is there against what was promised. Ends at the first broken promise. */
export async function campaign({ folder, rounds, seed, omitFsync, onRound }: CampaignOptions): Promise<CampaignOutcome> {
  const random = new Random(seed);
  await using fileSystem = await LoopFileSystem.make(folder);
  let root = '';
  let promises: Promises = nothingPromised;
  let snapshotsFound = 0;
  for (let round = 1; round <= rounds; round++) {
    // A repository of several rounds, and now and then a new one: the making of one must outlive a loss too.
    if (round === 1 || random.chance(0.3)) {
      root = join(fileSystem.directory, `repository-${round}`);
      promises = nothingPromised;
      await mkdir(root, { mode: 0o700 });
      await fileSystem.sync();
    }
    const written = await writeUntilPowerLoss({ fileSystem, root, attempt: `round-${round}`, omitFsync, random, promises });
    ({ promises } = written);
    await fileSystem.remount();
    try {
      await checkRepository(root, promises);
    } catch (error) {
      return {
        rounds: round,
        snapshotsFound,
        broken: `round ${round}, ${written.moment}: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
    snapshotsFound += promises.snapshots.length;
    onRound(`round ${round} of ${rounds}: ${written.moment}; ${promises.snapshots.length} snapshots found whole`);
  }
  return { rounds, snapshotsFound, broken: undefined };
}
