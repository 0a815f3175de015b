import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CampaignFolderOptions<Tally> {
  readonly prefix: string;
  /** Where the folder lies. Default: the system's place for temporary files. */
  readonly parent?: string;
  readonly say: (line: string) => void;
  /** Whether somebody will want to look at what is in it. */
  readonly isToBeKept: (tally: Tally) => boolean;
}

/** Plays a campaign in a folder of its own, which stays and is named where something was found, or the campaign itself failed. */
export async function inCampaignFolder<Tally>(
  { parent = tmpdir(), prefix, say, isToBeKept }: CampaignFolderOptions<Tally>,
  play: (folder: string) => Promise<Tally>,
): Promise<Tally> {
  const folder = await mkdtemp(join(parent, prefix));
  let tally: Tally;
  try {
    tally = await play(folder);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\neverything of it is in ${folder}`, { cause: error });
  }
  if (isToBeKept(tally)) say(`everything of it is in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
  return tally;
}
