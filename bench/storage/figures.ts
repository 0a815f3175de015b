import type { Figure } from '../report/figures.ts';

/** What one snapshot of one job costs. */
export interface Costs {
  /** How long the job stood still. */
  readonly frozenMs: number;
  /** From the wish for a snapshot until it is on storage that outlives the machine. */
  readonly durableMs: number;
  /** On another machine, from the line until the job runs; of a volume the mounting counts, its cache is empty. */
  readonly resumeMs: number;
}

/** All of it in one round, one after the other. */
export interface StorageRound {
  readonly engine: string;
  readonly local: Costs;
  readonly juicefs: Costs;
  /** CRIU writes its images into the mounted volume. */
  readonly straight: Costs;
}

const costs = { frozenMs: 'frozen', durableMs: 'durable', resumeMs: 'resumed' } as const;

export function storageFigures(rounds: readonly StorageRound[], sizeMib: number): readonly Figure[] {
  const names = Object.keys(costs) as (keyof Costs)[];
  const engines = [...new Set(rounds.map(({ engine }) => engine))];
  const size = `${sizeMib} MiB`;
  return [
    ...names.map((cost): Figure => ({ name: `${size}, local: ${costs[cost]}`, unit: 'ms', runs: rounds.map(({ local }) => local[cost]) })),
    ...engines.flatMap((engine) => {
      const own = rounds.filter((round) => round.engine === engine);
      return names.flatMap((cost): Figure[] => [
        { name: `${size}, JuiceFS on ${engine}: ${costs[cost]}`, unit: 'ms', runs: own.map(({ juicefs }) => juicefs[cost]) },
        { name: `${size}, CRIU into JuiceFS on ${engine}: ${costs[cost]}`, unit: 'ms', runs: own.map(({ straight }) => straight[cost]) },
        { name: `JuiceFS on ${engine} / local: ${costs[cost]}`, unit: 'ratio', runs: own.map(({ juicefs, local }) => juicefs[cost] / local[cost]) },
        {
          name: `JuiceFS on ${engine} / CRIU into it: ${costs[cost]}`,
          unit: 'ratio',
          runs: own.map(({ juicefs, straight }) => juicefs[cost] / straight[cost]),
        },
      ]);
    }),
  ];
}
