import { absolutePathField, durationField } from '@holdfast/core';
import * as z from 'zod';
import { isIP } from 'node:net';
import { isLocalHost } from './local-host.js';

/** Where the password comes from. It is asked for again for every new session, so that a changed one is picked up without a restart. */
export type PasswordChoice =
  | { readonly from: 'nowhere' }
  | { readonly from: 'variable'; readonly name: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'command'; readonly command: readonly [string, ...string[]] }
  | { readonly from: 'secret'; readonly secret: string; readonly region: string | undefined }
  | { readonly from: 'token'; readonly region: string };

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
  host: z
    .string()
    .regex(/^[A-Za-z0-9._:-]+$/u, { error: (issue) => `'${String(issue.input)}' is no name or address of a host` })
    .meta({ description: 'The name or address of the server.' }),
  database: name('The database; it must be there. Its tables are made.'),
  user: name('The user of the database.'),
  passwordVariable: name('The environment variable that holds the password; by default HOLDFAST_CATALOG_PASSWORD, where it is set.').optional(),
  passwordFile: absolutePathField('A file with the password, or with JSON that has it as "password" (and the user as "username").').optional(),
  passwordCommand: z
    .array(z.string())
    .min(1, { error: 'it names no program' })
    .refine(([program]) => program !== '', { error: 'it names no program' })
    .meta({ description: 'A program and its arguments that print the password, or such JSON. No shell reads them.' })
    .optional(),
  passwordSecret: name('A secret of AWS Secrets Manager, by name or ARN, that holds the password or such JSON.').optional(),
  iamToken: z.boolean().meta({ description: 'In place of a password a token of AWS IAM, made anew for each session.' }).optional(),
  region: name('The region of the secret, or of the database of an IAM token.').optional(),
  tls: z
    .enum(['verify', 'off'])
    .meta({ description: 'verify: encrypted, and the certificate is verified; off: neither. By default off for this machine itself, else verify.' })
    .optional(),
  tlsCaFile: absolutePathField("Certificate authorities to trust, as a PEM file, in place of Node.js's own: RDS's bundle, or yours.").optional(),
  tlsServerName: name('The name that the certificate is for, where it is not the host: behind a tunnel, or with an address as host.').optional(),
  connections: z.int().min(1).max(100).meta({ description: 'Sessions of one process of Holdfast at most.' }).prefault(2),
  connectTimeout: durationField('To make a session.').prefault('5s'),
  queryTimeout: durationField('One statement.').prefault('10s'),
  retryFor: durationField('How long a call goes on trying while the server is gone, or another transaction is in its way.').prefault('15s'),
};

const passwordKeys = ['passwordVariable', 'passwordFile', 'passwordCommand', 'passwordSecret', 'iamToken'] as const;

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

interface Problem {
  readonly message: string;
  readonly hint: string;
}

function contradiction(section: Section): Problem | undefined {
  const { host, tls, tlsCaFile, tlsServerName, iamToken, region, passwordSecret } = section;
  const given = passwordKeys.filter((key) => section[key] !== undefined && section[key] !== false);
  if (given.length > 1)
    return { message: `'${given[0]}' and '${given[1]}' exclude each other`, hint: 'Say in one way where the password comes from' };
  if (iamToken === true && region === undefined)
    return { message: "'iamToken' needs 'region'", hint: 'Name the region that the database is in, such as eu-west-1' };
  if (region !== undefined && iamToken !== true && passwordSecret === undefined)
    return { message: "'region' is for 'iamToken' and 'passwordSecret'", hint: 'Leave it out' };
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

function isEncrypted({ tls, host }: Section): boolean {
  return tls === undefined ? !isLocalHost(host) : tls === 'verify';
}

function tlsChoice(section: Section): TlsChoice | undefined {
  return isEncrypted(section) ? { caFile: section.tlsCaFile, serverName: section.tlsServerName ?? section.host } : undefined;
}

function passwordChoice({ passwordVariable, passwordFile, passwordCommand, passwordSecret, iamToken, region }: Section): PasswordChoice {
  if (passwordVariable !== undefined) return { from: 'variable', name: passwordVariable };
  if (passwordFile !== undefined) return { from: 'file', path: passwordFile };
  const [program, ...words] = passwordCommand ?? [];
  if (program !== undefined) return { from: 'command', command: [program, ...words] };
  if (passwordSecret !== undefined) return { from: 'secret', secret: passwordSecret, region };
  return iamToken === true && region !== undefined ? { from: 'token', region } : { from: 'nowhere' };
}
