import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { CallOptions } from '../storage/storage-driver.js';
import type { Account } from './account.js';
import { passwordFailure, type PasswordPurpose } from './purpose.js';
import { runPasswordCommand } from './password-command.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Reads a secret of AWS Secrets Manager; what this package needs of an SDK. */
export interface SecretReader {
  /** The secret's text. */
  read(request: { readonly secret: string; readonly region: string | undefined }, options?: CallOptions): Promise<string>;
}

/** Makes a token of AWS IAM that a database takes in place of a password. */
export interface TokenSigner {
  sign(
    request: { readonly host: string; readonly port: number; readonly user: string; readonly region: string },
    options?: CallOptions,
  ): Promise<string>;
}

/** What may be asked for passwords. */
export interface PasswordSources {
  /** Where variables are looked up. Default: none are set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly secrets?: SecretReader;
  readonly tokens?: TokenSigner;
}

const askTimeoutMs = 20_000;

/** Asks for the password as it is now. Rejects with the purpose's code where there is no such source, or it fails. */
export async function readCredentials(
  config: Account,
  sources: PasswordSources,
  purpose: PasswordPurpose,
  options: CallOptions = {},
): Promise<Credentials> {
  const credentials = await ask(config, sources, purpose, options);
  // What refuses it later repeats it in its message.
  if (`${credentials.user}${credentials.password}`.includes('\0'))
    throw passwordFailure(
      purpose,
      'what its source gave holds a zero byte, which no database and no program takes',
      'Write its file or its secret as UTF-8, not UTF-16',
    );
  return credentials;
}

async function ask(config: Account, sources: PasswordSources, purpose: PasswordPurpose, options: CallOptions): Promise<Credentials> {
  const { user, password } = config;
  const { environment = {}, secrets, tokens } = sources;
  switch (password.from) {
    case 'nowhere':
      return { user, password: environment[purpose.defaultVariable] ?? '' };
    case 'variable': {
      const value = environment[password.name];
      if (value === undefined || value === '')
        throw passwordFailure(purpose, `the variable ${password.name} is not set`, 'Set it, or name another one');
      return { user, password: value };
    }
    case 'file':
      return parseSecret(await readPasswordFile(password.path, purpose, options), user);
    case 'command':
      return parseSecret(await runPasswordCommand(password.command, purpose, options), user);
    case 'secret': {
      if (secrets === undefined)
        throw passwordFailure(purpose, 'this build cannot read Secrets Manager', "Use 'passwordCommand' with the aws program");
      const { secret, region } = password;
      return parseSecret(await asked(purpose, `the secret ${secret}`, () => secrets.read({ secret, region }, options)), user);
    }
    case 'token': {
      if (tokens === undefined) throw passwordFailure(purpose, 'this build makes no IAM tokens', "Use 'passwordCommand' with the aws program");
      const { host, port } = config;
      const token = await asked(purpose, 'the IAM token', () => tokens.sign({ host, port, user, region: password.region }, options));
      return { user, password: token };
    }
    default:
      return password satisfies never;
  }
}

const secretSchema = z.object({ password: z.string(), username: z.string().min(1).optional() });

/** Secrets Manager's rotation by two users changes the name along with the password, so the secret's own name counts. Pure. */
export function parseSecret(text: string, user: string): Credentials {
  const secret = secretSchema.safeParse(parseJson(text));
  if (secret.success) return { user: secret.data.username ?? user, password: secret.data.password };
  return { user, password: text.replace(/\r?\n$/u, '') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readPasswordFile(path: string, purpose: PasswordPurpose, { signal }: CallOptions): Promise<string> {
  try {
    return await readFile(path, { encoding: 'utf8', ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw passwordFailure(purpose, `the password's file ${path} cannot be read`, 'Make it readable for this user', error);
  }
}

async function asked(purpose: PasswordPurpose, what: string, ask: () => Promise<string>): Promise<string> {
  try {
    return await inTime(ask());
  } catch (error) {
    throw passwordFailure(
      purpose,
      `${what} could not be had: ${error instanceof Error ? error.message : String(error)}`,
      'Look at the rights of this machine',
      error,
    );
  }
}

async function inTime<T>(asking: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`its service took longer than ${askTimeoutMs / 1000} s`)), askTimeoutMs);
  });
  try {
    return await Promise.race([asking, late]);
  } finally {
    clearTimeout(timer);
  }
}
