import { parseArgs, type ParseArgsConfig } from 'node:util';

export const engines = ['mysql', 'mariadb', 'postgres', 'redis', 'valkey'] as const;
export type Engine = (typeof engines)[number];

/** What every demo takes. */
const common = {
  bases: { type: 'string' },
  interval: { type: 'string' },
  'keep-files': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The values of a demo's options; undefined where only help was wanted, which is printed. Throws what to tell the user. */
export function readOptions<const Own extends NonNullable<ParseArgsConfig['options']>>(words: readonly string[], help: string, own: Own) {
  const { values } = parseArgs({ args: [...words], options: { ...common, ...own } });
  if (!('help' in values) || values.help !== true) return values;
  console.log(help);
  return undefined;
}

/** Throws what to tell the user. */
export function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new Error(`${name} is '${text}', which is no whole number`);
}

/** Throws what to tell the user. */
export function engineOf(text = 'mysql'): Engine {
  const engine = engines.find((known) => known === text);
  if (engine === undefined) throw new Error(`--metadata is '${text}', which is none of ${engines.join(', ')}`);
  return engine;
}
