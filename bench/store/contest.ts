import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contestant, isHoldfast, makePlace, programPath } from './contestant.ts';
import { type Cost, forget, type Measured, measured } from './measured.ts';
import type { PeerName } from './options.ts';
import { repositorySize } from './repository-size.ts';
import { assertSameImages } from './same-images.ts';
import type { Images } from './take-images.ts';

export interface StoreCost extends Cost {
  /** By how much the repository grew. */
  readonly bytes: number;
}

/** One contestant's turn with one subject. */
export interface Turn {
  readonly peer: PeerName;
  readonly first: StoreCost;
  readonly second: StoreCost;
  readonly restore: Cost;
  /** Of Holdfast's second snapshot: the pages that went into blocks, and the manifest's length. */
  readonly changedPages: number | undefined;
  readonly manifestBytes: number;
}

export interface Arena {
  readonly measureProgram: string;
  /** Where the contestant gets a folder of its own. */
  readonly repositories: string;
  /** A folder on the images' file system to restore into. */
  readonly target: string;
}

/** Stores both images in a new repository and restores the second; each step is a fresh process. Rejects where a restored byte is wrong. */
export async function takeTurn(contestant: Contestant, { before, after }: Images, { measureProgram, repositories, target }: Arena): Promise<Turn> {
  const place = join(repositories, contestant.name);
  const repository = join(place, 'repository');
  await makePlace(place);
  const environment = { ...contestant.environment(place), PATH: programPath() };
  const options = { program: measureProgram, scratch: place, environment };
  const store = async (images: string, number: number, previous?: string): Promise<StoreCost & Measured> => {
    const sizeBefore = await repositorySize(repository);
    const cost = await measured(contestant.store(place, images, number, previous), { ...options, sync: repository });
    return { ...cost, bytes: (await repositorySize(repository)).bytes - sizeBefore.bytes };
  };
  try {
    await measured(contestant.prepare(place), { ...options, sync: repository });
    const first = await store(before, 1);
    const second = await store(after, 2, before);
    const { manifestBytes } = await repositorySize(repository);
    await mkdir(target);
    await forget(measureProgram, repository);
    const restore = await measured(contestant.restore(place, target), { ...options, sync: undefined });
    await assertSameImages(after, target, contestant.name);
    return { peer: contestant.name, first, second, restore, changedPages: changedPages(contestant, second), manifestBytes };
  } finally {
    for (const folder of [place, target]) await rm(folder, { recursive: true, force: true });
  }
}

function changedPages({ name }: Contestant, { stdout }: Measured): number | undefined {
  return isHoldfast(name) ? (JSON.parse(stdout) as { readonly changedPages: number }).changedPages : undefined;
}
