import { readOptions, whole } from './read-options.ts';

export interface DemoOptions {
  /** Size of the genome. */
  readonly bases: number;
  readonly interval: string;
  readonly kills: number;
  /** Decides the random moments of the kills, and nothing else. */
  readonly seed: number;
  readonly keepFiles: boolean;
}

const help = `script/demo [--bases N] [--interval TIME] [--kills N] [--seed N] [--keep-files]

  --bases N        size of the generated genome (default 28000000)
  --interval TIME  time between snapshots (default 5s)
  --kills N        how many times everything is killed (default 2)
  --seed N         decides the moments of the kills (default: another one each time)
  --keep-files     leave genome, index and repository where they are
`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function demoOptions(words: readonly string[]): DemoOptions | undefined {
  const values = readOptions(words, help, { kills: { type: 'string' }, seed: { type: 'string' } });
  if (values === undefined) return undefined;
  return {
    bases: whole('--bases', values.bases, 28_000_000),
    interval: values.interval ?? '5s',
    kills: whole('--kills', values.kills, 2),
    seed: whole('--seed', values.seed, Math.floor(Math.random() * 1_000_000)),
    keepFiles: values['keep-files'] === true,
  };
}
