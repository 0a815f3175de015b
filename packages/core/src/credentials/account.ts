import * as z from 'zod';
import { absolutePathField } from '../config/fields.js';
import { isLocalHost } from './local-host.js';

/** Where the password comes from. It is asked for again for every new session, so that a changed one is picked up without a restart. */
export type PasswordChoice =
  | { readonly from: 'nowhere' }
  | { readonly from: 'variable'; readonly name: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'command'; readonly command: readonly [string, ...string[]] }
  | { readonly from: 'secret'; readonly secret: string; readonly region: string | undefined }
  | { readonly from: 'token'; readonly region: string };

/** Who logs in where. */
export interface Account {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: PasswordChoice;
}

const name = (description: string): z.ZodString => z.string().min(1).max(255).meta({ description });

/** The settings' schemas. */
export interface AccountFields {
  readonly host: z.ZodString;
  readonly passwordVariable: z.ZodOptional<z.ZodString>;
  readonly passwordFile: z.ZodOptional<z.ZodType<string, string>>;
  readonly passwordCommand: z.ZodOptional<z.ZodArray<z.ZodString>>;
  readonly passwordSecret: z.ZodOptional<z.ZodString>;
  readonly iamToken: z.ZodOptional<z.ZodBoolean>;
  readonly region: z.ZodOptional<z.ZodString>;
  readonly tls: z.ZodOptional<z.ZodEnum<{ verify: 'verify'; off: 'off' }>>;
  readonly tlsCaFile: z.ZodOptional<z.ZodType<string, string>>;
  readonly tlsServerName: z.ZodOptional<z.ZodString>;
}

/** The settings of who logs in where, of every kind of server. */
export const accountFields: AccountFields = {
  host: z
    .string()
    .regex(/^[A-Za-z0-9._:-]+$/u, { error: (issue) => `'${String(issue.input)}' is no name or address of a host` })
    .meta({ description: 'The name or address of the server.' }),
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
};

const passwordKeys = ['passwordVariable', 'passwordFile', 'passwordCommand', 'passwordSecret', 'iamToken'] as const;

/** The settings as they are written. */
export interface AccountSection {
  readonly host: string;
  readonly passwordVariable?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly passwordCommand?: readonly string[] | undefined;
  readonly passwordSecret?: string | undefined;
  readonly iamToken?: boolean | undefined;
  readonly region?: string | undefined;
  readonly tls?: 'verify' | 'off' | undefined;
  readonly tlsCaFile?: string | undefined;
  readonly tlsServerName?: string | undefined;
}

/** What is wrong with settings that are right by themselves. */
export interface SettingProblem {
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with the settings of the password together. */
export function passwordContradiction(section: AccountSection): SettingProblem | undefined {
  const { iamToken, region, passwordSecret } = section;
  const given = passwordKeys.filter((key) => section[key] !== undefined && section[key] !== false);
  if (given.length > 1)
    return { message: `'${given[0]}' and '${given[1]}' exclude each other`, hint: 'Say in one way where the password comes from' };
  if (iamToken === true && region === undefined)
    return { message: "'iamToken' needs 'region'", hint: 'Name the region that the database is in, such as eu-west-1' };
  if (region !== undefined && iamToken !== true && passwordSecret === undefined)
    return { message: "'region' is for 'iamToken' and 'passwordSecret'", hint: 'Leave it out' };
  return undefined;
}

export function isEncrypted({ tls, host }: Pick<AccountSection, 'tls' | 'host'>): boolean {
  return tls === undefined ? !isLocalHost(host) : tls === 'verify';
}

export function passwordChoice(section: AccountSection): PasswordChoice {
  const { passwordVariable, passwordFile, passwordCommand, passwordSecret, iamToken, region } = section;
  if (passwordVariable !== undefined) return { from: 'variable', name: passwordVariable };
  if (passwordFile !== undefined) return { from: 'file', path: passwordFile };
  const [program, ...words] = passwordCommand ?? [];
  if (program !== undefined) return { from: 'command', command: [program, ...words] };
  if (passwordSecret !== undefined) return { from: 'secret', secret: passwordSecret, region };
  return iamToken === true && region !== undefined ? { from: 'token', region } : { from: 'nowhere' };
}
