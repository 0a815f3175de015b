import {
  accountFields,
  type AccountSection,
  durationField,
  isEncrypted,
  parseConfigSection,
  passwordChoice,
  type PasswordChoice,
  passwordContradiction,
  type SettingProblem,
} from '@holdfast/core';
import * as z from 'zod';
import { type Readers, sectionFromUrl } from '../server/server-url.js';

const hint = 'Write { "type": "redis", "host": "cache.example.org", "user": "holdfast" }, or rediss://holdfast@cache.example.org';

/** The `catalog` section of the configuration for Redis and Valkey, complete. */
export interface RedisConfig {
  readonly type: 'redis';
  readonly host: string;
  /** Default 6379. */
  readonly port: number;
  /** Default 0, the only one of a cluster. */
  readonly database: number;
  /** Default `default`, the user of whom the server was told nothing. */
  readonly user: string;
  readonly password: PasswordChoice;
  /** Undefined: not encrypted. Nodes of a cluster are verified each by its own name where there is no `serverName`. */
  readonly tls: { readonly caFile: string | undefined; readonly serverName: string | undefined } | undefined;
  /** What every key begins with. Default `holdfast:`. */
  readonly prefix: string;
  /** Undefined: the server is asked whether it is one of a cluster. */
  readonly cluster: boolean | undefined;
  /** To make a connection. Default 5s. */
  readonly connectTimeoutMs: number;
  /** One command. Default 5s. */
  readonly queryTimeoutMs: number;
  /** How long a call may take, with all that it tries again. Default 15s. */
  readonly retryForMs: number;
}

const { host, passwordVariable, passwordFile, passwordCommand, passwordSecret, region, tls, tlsCaFile, tlsServerName } = accountFields;

export const redisConfigSchema: z.ZodType<RedisConfig> = z
  .strictObject({
    type: z.literal('redis'),
    host,
    port: z.int().min(1).max(65_535).meta({ description: 'The port of the server.' }).prefault(6379),
    database: z.int().min(0).max(1_000_000).meta({ description: 'The number of the database; a cluster has 0 alone.' }).prefault(0),
    user: z.string().min(1).max(255).meta({ description: "The user of the server's access list." }).prefault('default'),
    passwordVariable,
    passwordFile,
    passwordCommand,
    passwordSecret,
    region,
    tls,
    tlsCaFile,
    tlsServerName,
    prefix: z
      .string()
      .max(100)
      .regex(/^[^{}\s]*$/u, { error: 'braces and blanks cannot be part of it' })
      .meta({ description: 'What every key begins with.' })
      .prefault('holdfast:'),
    cluster: z.boolean().meta({ description: 'Whether the server is one of a cluster; asked of the server where absent.' }).optional(),
    connectTimeout: durationField('To make a connection.').prefault('5s'),
    queryTimeout: durationField('One command.').prefault('5s'),
    retryFor: durationField('How long a call may take, with all that it tries again.').prefault('15s'),
  })
  .transform((section, context): RedisConfig => {
    const problem = contradiction(section);
    if (problem !== undefined) {
      context.issues.push({ code: 'custom', input: undefined, message: problem.message, params: { hint: problem.hint } });
      return z.NEVER;
    }
    return {
      type: section.type,
      host: section.host,
      port: section.port,
      database: section.database,
      user: section.user,
      password: passwordChoice(section),
      tls: isEncrypted(section) ? { caFile: section.tlsCaFile, serverName: section.tlsServerName } : undefined,
      prefix: section.prefix,
      cluster: section.cluster,
      connectTimeoutMs: section.connectTimeout,
      queryTimeoutMs: section.queryTimeout,
      retryForMs: section.retryFor,
    };
  });

/** Throws HF_CONFIG with the value that is wrong. */
export function parseRedisConfig(config: unknown): RedisConfig {
  return parseConfigSection(redisConfigSchema, config, { section: 'catalog', hint });
}

/** Settings that a URL may carry behind its question mark. */
const readers: Readers = {
  passwordVariable: String,
  passwordFile: String,
  passwordSecret: String,
  region: String,
  tlsCaFile: String,
  tlsServerName: String,
  prefix: String,
  cluster: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  connectTimeout: String,
  queryTimeout: String,
  retryFor: String,
};

/** Reads `rediss://user@host:port/0`; the scheme says whether there is TLS. A password in it is refused, and never repeated. */
export function redisSectionFromUrl(url: string): Readonly<Record<string, unknown>> {
  const { database, ...section } = sectionFromUrl('redis', url, readers);
  const number = typeof database === 'string' && /^\d{1,9}$/u.test(database) ? Number(database) : database;
  const encrypted = /^rediss:/iu.test(url) ? 'verify' : 'off';
  const whole = { ...section, tls: encrypted, ...(database === undefined ? {} : { database: number }) };
  parseRedisConfig(whole);
  return whole;
}

function contradiction(section: AccountSection): SettingProblem | undefined {
  const problem = passwordContradiction(section);
  if (problem !== undefined) return problem;
  if (!isEncrypted(section) && (section.tlsCaFile !== undefined || section.tlsServerName !== undefined))
    return { message: "'tlsCaFile' and 'tlsServerName' need TLS", hint: "Write rediss://, or 'tls': 'verify', or leave them out" };
  return undefined;
}
