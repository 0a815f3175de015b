import { readFile } from 'node:fs/promises';
import { type CallOptions, type Credentials, HoldfastError, type PasswordPurpose, type PasswordSources, readCredentials } from '@holdfast/core';
import * as z from 'zod';
import type { BucketKeys } from './client.js';
import type { JuicefsConfig } from './config.js';
import { juicefsMetadataUrl } from './metadata-url.js';

const purpose: PasswordPurpose = {
  what: "the storage's metadata password",
  code: 'HF_STORAGE_PERMISSION',
  operation: 'storage.credentials',
  defaultVariable: 'HOLDFAST_STORAGE_PASSWORD',
};
const keysSchema = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1), sessionToken: z.string().min(1).optional() });

/** Keys for the bucket: those of the file, else of the variables; undefined where AWS's own chain is to find some. */
export async function readBucketKeys({ bucket }: JuicefsConfig, environment: PasswordSources['environment'] = {}): Promise<BucketKeys | undefined> {
  if (bucket.keysFile !== undefined) return readKeysFile(bucket.keysFile);
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] };
}

async function readKeysFile(path: string): Promise<BucketKeys> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = keysSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return { accessKeyId, secretAccessKey, sessionToken };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
    throw new HoldfastError('HF_STORAGE_PERMISSION', {
      kind: 'permission',
      message: `The keys of the bucket cannot be read from ${path}${code}`,
      operation: 'storage.credentials',
      context: { path },
      hint: 'It must be readable JSON with accessKeyId and secretAccessKey; or leave keysFile out where the machine has a role',
      // Not the error itself: a parser's quotes what it read.
    });
  }
}

/** Who logs in to the metadata engine, as it is now. */
export async function metadataCredentials({ metadata }: JuicefsConfig, sources: PasswordSources, options: CallOptions): Promise<Credentials> {
  return readCredentials(metadata, sources, purpose, options);
}

export interface JuicefsAccess {
  readonly env: Readonly<Record<string, string>>;
  /** The arguments with the user of the secret in the metadata engine's URL, where a secret names one. */
  readonly argumentsOf: (args: readonly string[]) => readonly string[];
}

/** Commands that ask the metadata engine alone: a process's environment is there to read as long as it runs, so these get no key of the bucket. */
const withoutBucket = new Set(['status', 'config']);
const keyVariables = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);

/**
 * The environment of one command of the juicefs program: the secrets that it needs, and nothing else of this process but where AWS looks for credentials, and where the
 * machine has its authorities.
 * The keys are handed over under AWS's names, not JuiceFS's: those would be stored in the database, for whoever can read it.
 */
export async function juicefsAccess(
  config: JuicefsConfig,
  sources: PasswordSources,
  command: string,
  options: CallOptions = {},
): Promise<JuicefsAccess> {
  const { environment = {} } = sources;
  const { metadata } = config;
  const [{ user, password }, ofBucket] = await Promise.all([
    metadataCredentials(config, sources, options),
    withoutBucket.has(command) ? {} : bucketVariables(config, environment),
  ]);
  const env = {
    PATH: environment['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: environment['HOME'] ?? '/',
    ...authorities(environment),
    ...ofBucket,
    ...(password === '' ? {} : { META_PASSWORD: password }),
    // MySQL's client has no setting of its own for this; the system's directories of authorities stay in force beside it.
    ...(metadata.tls?.caFile === undefined ? {} : { SSL_CERT_FILE: metadata.tls.caFile }),
  };
  // What is said of the account beside its password counts.
  const withUser = juicefsMetadataUrl({ ...metadata, user });
  return { env, argumentsOf: (args) => args.map((each) => (each === juicefsMetadataUrl(metadata) ? withUser : each)) };
}

function authorities(environment: NonNullable<PasswordSources['environment']>): Readonly<Record<string, string>> {
  const names = ['SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
}

/** What opens the bucket and its objects. */
async function bucketVariables(
  config: JuicefsConfig,
  environment: NonNullable<PasswordSources['environment']>,
): Promise<Readonly<Record<string, string>>> {
  const { bucket, format } = config;
  const keys = await readBucketKeys(config, environment);
  const passphrase = environment[format.encryptionPassphraseVariable];
  // Of keys all come from one place: a session's token beside keys of a file would make them invalid.
  const aws = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith('AWS_') && entry[1] !== undefined && !(keys !== undefined && keyVariables.has(entry[0])),
  );
  return {
    ...Object.fromEntries(aws),
    AWS_REGION: bucket.region,
    ...(keys === undefined ? {} : { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey }),
    ...(keys?.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
    ...(format.encryptionKeyFile !== undefined && passphrase !== undefined ? { JFS_RSA_PASSPHRASE: passphrase } : {}),
  };
}
