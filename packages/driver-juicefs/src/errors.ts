import { type ErrorCode, type ErrorKind, HoldfastError } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { metadataLocation } from './metadata-url.js';

/** The warnings and errors among the lines that juicefs wrote, without times, colours and places in its source. Pure. */
export function complaints(log: string): readonly string[] {
  return log
    .replaceAll(/\u001B\[[0-9;]*m/gu, '')
    .split('\n')
    .flatMap((line) => {
      const [, words] = /<(?:WARNING|ERROR|FATAL)>: (.*)$/u.exec(line) ?? [];
      return words === undefined ? [] : [words.replace(/ \[[^\]]*@[a-z0-9_]+\.go:\d+\]$/u, '')];
    })
    .filter((words) => !harmless.test(words));
}

const harmless = /^(?:Set storage tier|CAP_SYS_RESOURCE is needed|Metadata backup is disabled|The latency to database is too high|adjust OOM)/u;

interface Failure {
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly complaints: readonly string[];
  readonly operation: string;
  readonly config: JuicefsConfig;
}

interface Meaning {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly of: 'metadata' | 'bucket' | 'volume';
  readonly words: string;
  readonly hint: string;
}

const untrusted = /x509|certificate|tls: |SSL is not enabled|server does not support SSL|TLS/u;
/** How the client and AWS's SDK begin what they say of a bucket, and an address of one. Not `s3` or `storage` alone: a database's host may be called so. */
const aboutBucket = /(?<![\w.-])(?:Storage|object storage|objects?|S3)(?![\w.-])|s3:\/\/|https?:\/\//u;

/** Of this machine's disk: without staging the client goes on without its cache. */
const fullCache = /(?:cache|rawstaging|stage).*no space left on device/iu;

/** Of the database first: its words are the narrower ones. */
const meanings: readonly Meaning[] = [
  {
    pattern: /Access denied for user|password authentication failed|WRONGPASS|NOAUTH|Authentication required|no pg_hba\.conf entry|NOPERM/u,
    code: 'HF_STORAGE_PERMISSION',
    kind: 'permission',
    of: 'metadata',
    words: 'does not let the user in',
    hint: "Look at the user in 'metadata.url', at where its password comes from, and at its rights",
  },
  {
    pattern: new RegExp(`(?:${aboutBucket.source}).*(?:${untrusted.source})`, 'u'),
    code: 'HF_STORAGE_PERMISSION',
    kind: 'permission',
    of: 'bucket',
    words: 'cannot be trusted, or has no TLS',
    hint: "Correct 'bucket.endpoint', or add its authority to those that this machine trusts",
  },
  {
    pattern: untrusted,
    code: 'HF_STORAGE_PERMISSION',
    kind: 'permission',
    of: 'metadata',
    words: 'cannot be trusted, or has no TLS',
    hint: "Name the authority's file by 'metadata.tlsCaFile' (for RDS its global-bundle.pem)",
  },
  {
    pattern: /Unknown database|database "[^"]*" does not exist|invalid DB index|DB index is out of range/u,
    code: 'HF_STORAGE_MISSING',
    kind: 'not-found',
    of: 'metadata',
    words: 'has no such database',
    hint: "Make the database, or correct 'metadata.url'",
  },
  {
    pattern:
      /AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|no EC2 IMDS role|get credentials|StatusCode: 403|Forbidden/u,
    code: 'HF_CLOUD_DENIED',
    kind: 'permission',
    of: 'bucket',
    words: 'may not be used with these credentials',
    hint: "Give the machine's role the rights that docs/juicefs.md lists, or correct the keys",
  },
  {
    pattern: fullCache,
    code: 'HF_STORAGE_FULL',
    kind: 'no-space',
    of: 'volume',
    words: 'has no room left in its cache directories',
    hint: "Free their disk, or give others as 'mount.cacheDirectories'",
  },
  {
    pattern: /NoSuchBucket/u,
    code: 'HF_STORAGE_MISSING',
    kind: 'not-found',
    of: 'bucket',
    words: 'is not there',
    hint: 'Provision the storage: holdfast storage provision',
  },
  {
    pattern: /not formatted/u,
    code: 'HF_STORAGE_MISSING',
    kind: 'not-found',
    of: 'volume',
    words: 'is not there',
    hint: 'Provision the storage: holdfast storage provision',
  },
  {
    pattern: /OOM command not allowed|disk full|no space left|DISK_FULL/iu,
    code: 'HF_STORAGE_FULL',
    kind: 'no-space',
    of: 'metadata',
    words: 'is full',
    hint: 'Make it larger',
  },
  {
    pattern: /\bfuse(?:rmount)?\b/iu,
    code: 'HF_REQUIREMENT',
    kind: 'missing-requirement',
    of: 'volume',
    words: 'cannot be mounted on this machine',
    hint: 'It needs /dev/fuse, and root or fusermount',
  },
  {
    pattern: aboutBucket,
    code: 'HF_STORAGE_IO',
    kind: 'unavailable',
    of: 'bucket',
    words: 'does not answer',
    hint: "Look at the bucket's endpoint, and at the network between here and it",
  },
  {
    pattern:
      /connection refused|no such host|i\/o timeout|dial tcp|connect|EOF|broken pipe|reset by peer|database|redis|LOADING|READONLY|read-only transaction|deadline exceeded/iu,
    code: 'HF_STORAGE_IO',
    kind: 'unavailable',
    of: 'metadata',
    words: 'does not answer',
    hint: 'Look whether it runs and can be reached from here',
  },
];

/** The last of a mount's complaints that is understood and that a file may have failed for. Pure. */
export function troubleIn(config: JuicefsConfig, said: readonly string[], operation: string): HoldfastError | undefined {
  const last = said.findLast((words) => meaningOf(words) !== undefined && (config.mount.writeback || !fullCache.test(words)));
  return last === undefined ? undefined : juicefsFailure({ command: 'mount', exitCode: undefined, complaints: [last], operation, config });
}

function meaningOf(said: string): Meaning | undefined {
  return meanings.find(({ pattern }) => pattern.test(said));
}

/** What juicefs meant by how it ended. Pure. */
export function juicefsFailure({ command, exitCode, complaints, operation, config }: Failure): HoldfastError {
  const said = complaints.at(-1) ?? `it ended with status ${exitCode ?? 'unknown'} and said nothing`;
  const rest = { operation, context: { volume: config.name, command, ...(exitCode === undefined ? {} : { exitCode }) } };
  const meaning = meaningOf(said);
  if (meaning === undefined)
    return new HoldfastError('HF_UNEXPECTED', {
      kind: 'unexpected',
      message: `juicefs ${command} of the volume '${config.name}' failed: ${said}`,
      ...rest,
    });
  const { code, kind, words } = meaning;
  const hint = hintOf(meaning, config, said);
  return new HoldfastError(code, { kind, message: `${place(meaning.of, config)} ${words}: ${said}`, hint, ...rest });
}

function hintOf({ of, kind, hint }: Meaning, config: JuicefsConfig, said: string): string {
  if (of !== 'metadata') return hint;
  if (mayHaveNoTls(config, said)) return `${hint}, and whether it has TLS, which is asked of it`;
  if (kind !== 'permission' || untrusted.test(said) || config.metadata.password.from !== 'nowhere') return hint;
  return `The configuration names no password, so it is that of the variable HOLDFAST_STORAGE_PASSWORD, if set; 'metadata.passwordFile' and others name another place. ${hint}`;
}

/** A server without TLS takes what begins it for a command, and says nothing, or hangs up. */
function mayHaveNoTls({ metadata }: JuicefsConfig, said: string): boolean {
  return metadata.tls !== undefined && /deadline exceeded|i\/o timeout|EOF|reset by peer/u.test(said);
}

function place(of: Meaning['of'], { name, bucket, metadata }: JuicefsConfig): string {
  switch (of) {
    case 'metadata':
      return `The metadata engine ${metadataLocation(metadata)}`;
    case 'bucket':
      return `The bucket '${bucket.name}'`;
    case 'volume':
      return `The volume '${name}'`;
    default:
      return of satisfies never;
  }
}
