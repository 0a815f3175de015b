import { isIP } from 'node:net';
import {
  accountFields,
  durationField,
  isEncrypted,
  passwordChoice,
  type PasswordChoice,
  passwordContradiction,
  type SettingProblem,
} from '@holdfast/core';
import * as z from 'zod';

/** The `catalog` section of the configuration for a database server, complete. */
export interface ServerConfig<Type extends string = string> {
  readonly type: Type;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: PasswordChoice;
  /** Undefined: not encrypted. */
  readonly tls: TlsChoice | undefined;
  /** Sessions of one process of Holdfast at most. Default 2. */
  readonly connections: number;
  /** To make a session. Default 5s. */
  readonly connectTimeoutMs: number;
  /** One statement. Default 10s. */
  readonly queryTimeoutMs: number;
  /** How long a call goes on trying where the server is gone, or another transaction stands in its way. Default 15s. */
  readonly retryForMs: number;
}

export interface TlsChoice {
  /** Authorities in place of those that Node.js knows, as a PEM file. */
  readonly caFile: string | undefined;
  /** The name that the server's certificate must be for. */
  readonly serverName: string;
}

const name = (description: string): z.ZodString => z.string().min(1).max(255).meta({ description });

const fields = {
  ...accountFields,
  database: name('The database; it must be there. Its tables are made.'),
  user: name('The user of the database.'),
  connections: z.int().min(1).max(100).meta({ description: 'Sessions of one process of Holdfast at most.' }).prefault(2),
  connectTimeout: durationField('To make a session.').prefault('5s'),
  queryTimeout: durationField('One statement.').prefault('10s'),
  retryFor: durationField('How long a call goes on trying while the server is gone, or another transaction is in its way.').prefault('15s'),
};

/** The section's schema for one type of server. */
export function serverConfigSchema<Type extends string>(type: Type, defaultPort: number): z.ZodType<ServerConfig<Type>> {
  const port = z.int().min(1).max(65_535).meta({ description: 'The port of the server.' }).prefault(defaultPort);
  return z.strictObject({ type: z.literal(type), port, ...fields }).transform((section, context): ServerConfig<Type> => {
    const problem = contradiction(section);
    if (problem !== undefined) {
      context.issues.push({ code: 'custom', input: undefined, message: problem.message, params: { hint: problem.hint } });
      return z.NEVER;
    }
    const { host, database, user, connections, connectTimeout, queryTimeout, retryFor } = section;
    return {
      type,
      host,
      port: section.port,
      database,
      user,
      password: passwordChoice(section),
      tls: tlsChoice(section),
      connections,
      connectTimeoutMs: connectTimeout,
      queryTimeoutMs: queryTimeout,
      retryForMs: retryFor,
    };
  });
}

type Section = z.output<z.ZodObject<typeof fields>>;

function contradiction(section: Section): SettingProblem | undefined {
  const { host, tls, tlsCaFile, tlsServerName, iamToken } = section;
  const problem = passwordContradiction(section);
  if (problem !== undefined) return problem;
  const encrypted = isEncrypted(section);
  if (!encrypted && iamToken === true)
    return { message: "'iamToken' needs TLS: the token goes over the wire as it is", hint: "Write 'tls': 'verify'" };
  if (!encrypted && (tlsCaFile !== undefined || tlsServerName !== undefined))
    return { message: "'tlsCaFile' and 'tlsServerName' need 'tls': 'verify'", hint: "Write 'tls': 'verify', or leave them out" };
  if (encrypted && isIP(tlsServerName ?? host) !== 0)
    return {
      message: `'${tlsServerName ?? host}' is an address: a certificate is verified for a name`,
      hint: tls === undefined ? "Give the host's name, or 'tlsServerName', or 'tls': 'off'" : "Give the host's name, or 'tlsServerName'",
    };
  return undefined;
}

function tlsChoice(section: Section): TlsChoice | undefined {
  return isEncrypted(section) ? { caFile: section.tlsCaFile, serverName: section.tlsServerName ?? section.host } : undefined;
}
