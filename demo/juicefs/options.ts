import { parseArgs } from 'node:util';

export const engines = ['mysql', 'mariadb', 'postgres', 'redis', 'valkey'] as const;

export interface JuicefsDemoOptions {
  readonly metadata: (typeof engines)[number];
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
  const { values } = parseArgs({
    args: [...words],
    options: {
      metadata: { type: 'string' },
      bases: { type: 'string' },
      interval: { type: 'string' },
      'keep-files': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(help);
    return undefined;
  }
  const metadata = engines.find((engine) => engine === (values.metadata ?? 'mysql'));
  if (metadata === undefined) throw new Error(`--metadata is '${values.metadata}', which is none of ${engines.join(', ')}`);
  const bases = values.bases ?? '14000000';
  if (!/^\d{1,12}$/.test(bases)) throw new Error(`--bases is '${bases}', which is no whole number`);
  return { metadata, bases: Number(bases), interval: values.interval ?? '3s', keepFiles: values['keep-files'] === true };
}
