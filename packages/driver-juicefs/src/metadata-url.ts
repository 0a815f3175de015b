import { type Account, accountFields, isEncrypted, passwordChoice, passwordContradiction, type SettingProblem } from '@holdfast/core';
import * as z from 'zod';

export type MetadataEngine = 'mysql' | 'postgres' | 'redis';

/** The database that keeps the volume's names, complete. It is there already. */
export interface MetadataAccess extends Account {
  readonly engine: MetadataEngine;
  /** Its name; of Redis its number. */
  readonly database: string;
  /** Undefined: not encrypted. */
  readonly tls: { readonly caFile: string | undefined } | undefined;
}

const ports: Readonly<Record<MetadataEngine, number>> = { mysql: 3306, postgres: 5432, redis: 6379 };
const schemes = new Map<string, MetadataEngine>([
  ['mysql', 'mysql'],
  ['postgres', 'postgres'],
  ['postgresql', 'postgres'],
  ['redis', 'redis'],
  ['rediss', 'redis'],
]);
const { passwordFile, passwordCommand, passwordSecret, region, tls, tlsCaFile } = accountFields;

/** Of the section `metadata`, as it is written. */
export const metadataUrlSchema: z.ZodType<MetadataAccess> = z
  .strictObject({
    url: z.string().meta({ description: 'mysql://USER@HOST:PORT/DATABASE, postgres://… or rediss://USER@HOST:PORT/NUMBER; never with a password.' }),
    passwordVariable: z
      .string()
      .min(1)
      .max(255)
      .meta({ description: 'The environment variable that holds the password; by default HOLDFAST_STORAGE_PASSWORD, where it is set.' })
      .optional(),
    passwordFile,
    passwordCommand,
    passwordSecret,
    region,
    tls,
    tlsCaFile,
  })
  .transform((section, context): MetadataAccess => {
    const refuse = ({ message, hint }: SettingProblem): never => {
      context.issues.push({ code: 'custom', input: undefined, message, params: { hint } });
      return z.NEVER;
    };
    const place = readUrl(section.url);
    if ('message' in place) return refuse(place);
    const account = { ...section, host: place.host, tls: section.tls ?? (place.scheme === 'rediss' ? 'verify' : undefined) } as const;
    const problem = passwordContradiction(account) ?? tlsContradiction(place.scheme, account);
    if (problem !== undefined) return refuse(problem);
    const { engine, host, port, user, database } = place;
    const encrypted = isEncrypted(account);
    return { engine, host, port, user, database, password: passwordChoice(account), tls: encrypted ? { caFile: section.tlsCaFile } : undefined };
  });

interface Place {
  readonly scheme: string;
  readonly engine: MetadataEngine;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

const hint = 'Write mysql://USER@HOST:3306/DATABASE, postgres://USER@HOST:5432/DATABASE or rediss://USER@HOST:6379/1';

/** JuiceFS's own form of a MySQL address, in parentheses, is taken too. What may be a password is never repeated. */
function readUrl(text: string): Place | SettingProblem {
  const plain = text.replace(/@\(([^()]*)\)/u, '@$1');
  const scheme = /^([a-z0-9]+):/u.exec(plain)?.[1] ?? '';
  if (scheme === 'sqlite3' || scheme === 'badger')
    return { message: `${scheme} keeps the metadata in a file of one machine, so that no other machine could read a snapshot`, hint };
  const engine = schemes.get(scheme);
  if (scheme === 'mariadb')
    return { message: "JuiceFS has one name for MySQL and MariaDB, and 'mariadb' is not it", hint: 'Write mysql:// in its place' };
  if (engine === undefined) return { message: `'${scheme}' is no metadata engine that Holdfast knows`, hint };
  if (!URL.canParse(plain)) return { message: 'it cannot be read as a URL', hint };
  const url = new URL(plain);
  if (url.password !== '')
    return {
      message: 'it holds a password, which everybody could read who sees the configuration',
      hint: "Leave it out, and give 'passwordFile', 'passwordSecret' or the variable HOLDFAST_STORAGE_PASSWORD",
    };
  if (url.search !== '' || url.hash !== '')
    return { message: 'it has more behind the name of the database', hint: "Leave that out: TLS is said by 'tls' and 'tlsCaFile'" };
  const database = decodeURIComponent(url.pathname.replace(/^\//u, ''));
  if (engine === 'redis' ? !/^\d{0,4}$/u.test(database) : !/^[A-Za-z0-9_-]+$/u.test(database))
    return { message: database === '' ? 'it names no database' : `'${database}' is no database of ${engine}`, hint };
  if (url.hostname === '') return { message: 'it names no host', hint };
  const user = decodeURIComponent(url.username);
  if (user === '' && engine !== 'redis') return { message: 'it names no user', hint };
  return {
    scheme,
    engine,
    host: url.hostname.replace(/^\[(.*)\]$/u, '$1'),
    port: url.port === '' ? ports[engine] : Number(url.port),
    user,
    database: engine === 'redis' && database === '' ? '0' : database,
  };
}

function tlsContradiction(
  scheme: string,
  section: { readonly host: string; readonly tls?: 'verify' | 'off' | undefined; readonly tlsCaFile?: string | undefined },
): SettingProblem | undefined {
  if (scheme === 'rediss' && section.tls === 'off')
    return { message: "'tls': 'off' contradicts rediss://", hint: 'Write redis://, or leave tls out' };
  if (!isEncrypted(section) && section.tlsCaFile !== undefined)
    return { message: "'tlsCaFile' needs TLS", hint: "Write 'tls': 'verify', or leave it out" };
  return undefined;
}

/** What JuiceFS takes, without a password: that goes by the environment. Pure. */
export function juicefsMetadataUrl({ engine, host, port, user, database, tls }: MetadataAccess): string {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const name = encodeURIComponent(user);
  switch (engine) {
    case 'mysql':
      return `mysql://${user}@(${place})/${database}${tls === undefined ? '' : '?tls=true'}`;
    case 'postgres': {
      const root = tls?.caFile === undefined ? '' : `&sslrootcert=${encodeURIComponent(tls.caFile)}`;
      return `postgres://${name}@${place}/${database}?sslmode=${tls === undefined ? 'disable' : 'verify-full'}${root}`;
    }
    case 'redis': {
      const root = tls?.caFile === undefined ? '' : `?tls-ca-cert-file=${encodeURIComponent(tls.caFile)}`;
      return `${tls === undefined ? 'redis' : 'rediss'}://${name === '' ? '' : `${name}@`}${place}/${database}${root}`;
    }
    default:
      return engine satisfies never;
  }
}

/** For messages. */
export function metadataLocation({ engine, host, port, database, tls }: MetadataAccess): string {
  return `${engine === 'redis' && tls !== undefined ? 'rediss' : engine}://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}
