import { type Engine, engineOf, engines, readOptions, whole } from '../read-options.ts';

export interface DockerDemoOptions {
  readonly metadata: Engine;
  /** The node goes with a Spot notice before. */
  readonly notice: boolean;
  readonly bases: number;
  readonly interval: string;
  /** How long after its first snapshot something happens to the node. */
  readonly momentMs: number;
  readonly keepFiles: boolean;
}

const help = `script/demo docker [--notice] [--metadata ENGINE] [--bases N] [--interval TIME] [--moment MS] [--keep-files]

  --notice           the node is lost as a Spot instance is: two minutes after a notice at most
  --metadata ENGINE  where JuiceFS keeps its metadata, and Holdfast its catalog: ${engines.join(', ')} (default mysql)
  --bases N          size of the generated genome (default 14000000)
  --interval TIME    time between snapshots (default 3s)
  --moment MS        how long after its first snapshot something happens to the node (default 4000)
  --keep-files       leave genome, index and logs where they are
`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function dockerDemoOptions(words: readonly string[]): DockerDemoOptions | undefined {
  const values = readOptions(words, help, { notice: { type: 'boolean' }, metadata: { type: 'string' }, moment: { type: 'string' } });
  if (values === undefined) return undefined;
  return {
    metadata: engineOf(values.metadata),
    notice: values.notice === true,
    bases: whole('--bases', values.bases, 14_000_000),
    interval: values.interval ?? '3s',
    momentMs: whole('--moment', values.moment, 4000),
    keepFiles: values['keep-files'] === true,
  };
}
