import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startVolumeServers, volumeMachine } from '@holdfast/testkit/juicefs';
import type { ServerKind } from '@holdfast/testkit/servers';
import type { Costs, StorageRound } from './figures.ts';
import { holdfastCosts } from './holdfast-costs.ts';
import { localMachine } from '../holdfast/local-machine.ts';
import { straightCosts } from './straight-costs.ts';

interface RoundOptions {
  readonly engine: ServerKind;
  /** Of this round alone. */
  readonly folder: string;
  readonly program: string;
  readonly sizeMib: number;
  readonly localFirst: boolean;
}

/** Storage and servers are fresh in each round: nothing is stored that is there already. */
export async function measureRound({ engine, folder, program, sizeMib, localFirst }: RoundOptions): Promise<StorageRound> {
  await mkdir(folder);
  await using servers = await startVolumeServers(engine);
  const place = (name: string): string => join(folder, name);
  const job = { program, sizeMib };
  const onLocal = (): Promise<Costs> =>
    holdfastCosts({ ...job, folder: place('local') }, (name) => localMachine(place('storage'), place(`local-${name}`)));
  const onJuicefs = (): Promise<Costs> =>
    holdfastCosts({ ...job, folder: place('juicefs') }, (name) => volumeMachine(servers, place(`juicefs-${name}`)));
  const first = await (localFirst ? onLocal : onJuicefs)();
  const second = await (localFirst ? onJuicefs : onLocal)();
  const straight = await straightCosts({ ...job, folder: place('straight') }, (name) => volumeMachine(servers, place(`straight-${name}`)));
  return { engine, local: localFirst ? first : second, juicefs: localFirst ? second : first, straight };
}
