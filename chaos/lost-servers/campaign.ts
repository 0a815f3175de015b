import { join } from 'node:path';
import type { MetadataStore } from '@holdfast/core';
import { Random } from '../power-loss/random.ts';
import type { Arena } from '../races/catalogs/arena.ts';
import { catalogPlugin, openPatiently } from '../races/catalogs/plugins.ts';
import { playWriterLoss } from './lose-writer.ts';
import { type LossResult, playLoss } from './round.ts';

export interface LossesOptions {
  readonly folder: string;
  readonly arena: Arena;
  readonly rounds: number;
  readonly seed: number;
  readonly onRound: (line: string) => void;
}

export interface LossTally {
  readonly kind: string;
  readonly rounds: number;
  readonly notes: number;
  readonly written: number;
  readonly unanswered: number;
  readonly problems: readonly string[];
}

/** Loses one catalog's server again and again. */
export async function runLosses({ folder, arena, rounds, seed, onRound }: LossesOptions): Promise<LossTally> {
  const random = new Random(seed);
  const { kill } = arena;
  const plugin = await catalogPlugin(arena.catalog.type, { HOLDFAST_CATALOG_PASSWORD: arena.password });
  const openWith = (retryFor: string): Promise<MetadataStore> =>
    openPatiently(plugin, { ...(arena.catalog.section as object), ...(kill && { retryFor }) });
  const openAnew = (): Promise<MetadataStore> => openWith('60s');
  await using parts = new AsyncDisposableStack();
  // Calls that survive the loss, being tried again, in turns with calls that nobody knows the outcome of.
  const stores: MetadataStore[] = [];
  if (kill !== undefined) for (const retryFor of ['5s', '50ms']) stores.push(parts.use(await openWith(retryFor)));
  let tally: LossTally = { kind: arena.kind, rounds: 0, notes: 0, written: 0, unanswered: 0, problems: [] };
  for (let round = 1; round <= rounds; round += 1) {
    const store = stores[round % 2];
    const result: LossResult =
      kill === undefined || store === undefined
        ? await playWriterLoss(round, random, join(folder, 'catalog.sqlite'))
        : await playLoss({ round, random, store, openAnew, lose: () => kill(random, `loss-${round}-0`) });
    onRound(
      `${result.problems.length === 0 ? 'good' : 'WRONG'}  loss ${round} of ${rounds}, ${arena.kind}: ${result.notes} notes, ${result.unanswered} calls without an answer`,
    );
    for (const problem of result.problems) onRound(`    ${problem}`);
    tally = {
      ...tally,
      rounds: round,
      notes: tally.notes + result.notes,
      written: tally.written + result.written,
      unanswered: tally.unanswered + result.unanswered,
      problems: [...tally.problems, ...result.problems],
    };
  }
  return tally;
}
