import { type Engine, engineOf, engines, readOptions, whole } from '../read-options.ts';

export interface JuicefsDemoOptions {
  readonly metadata: Engine;
  readonly bases: number;
  readonly interval: string;
  readonly keepFiles: boolean;
}

const help = `script/demo juicefs [--metadata ENGINE] [--bases N] [--interval TIME] [--keep-files]

  --metadata ENGINE  where JuiceFS keeps its metadata, and Holdfast its catalog: ${engines.join(', ')} (default mysql)
  --bases N          size of the generated genome (default 14000000)
  --interval TIME    time between snapshots (default 3s)
  --keep-files       leave genome, index and logs where they are
`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function juicefsDemoOptions(words: readonly string[]): JuicefsDemoOptions | undefined {
  const values = readOptions(words, help, { metadata: { type: 'string' } });
  if (values === undefined) return undefined;
  return {
    metadata: engineOf(values.metadata),
    bases: whole('--bases', values.bases, 14_000_000),
    interval: values.interval ?? '3s',
    keepFiles: values['keep-files'] === true,
  };
}
