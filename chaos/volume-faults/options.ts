import { parseArgs } from 'node:util';

export const engines = ['mysql', 'postgres', 'redis'] as const;
export type Engine = (typeof engines)[number];

export interface VolumeFaultsOptions {
  readonly engines: readonly Engine[];
  readonly quick: boolean;
  readonly json: boolean;
}

const help = `script/chaos --volume-faults [OPTIONS]

A job runs on a JuiceFS volume over MinIO while the bucket goes away, its credentials are refused, the database is killed and the cache's disk is
full, each in the middle of storing a snapshot; a second mount reads the repository all the time.

  --engine NAME   the volume's metadata engine: ${engines.join(', ')}; may be given several times (default: all, one after the other)
  --quick         short faults, and fewer of them
  --json          one JSON object an engine on stdout

  script/chaos --volume-faults
  script/chaos --volume-faults --engine redis --quick

Exit status 1 where something was wrong, 2 where the campaign could not be played to its end.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function volumeFaultsOptions(words: readonly string[]): VolumeFaultsOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      engine: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  return { engines: values.engine.length === 0 ? engines : values.engine.map(engineOf), quick: values.quick, json: values.json };
}

function engineOf(name: string): Engine {
  const engine = engines.find((each) => each === name);
  if (engine === undefined) throw new Error(`--engine is '${name}': give one of ${engines.join(', ')}`);
  return engine;
}
