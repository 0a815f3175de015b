import { type ErrorCode, type ErrorKind, HoldfastError } from '@holdfast/core';

interface Seen {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly request: string | undefined;
}

const denied = new Set([
  'AccessDenied',
  'Forbidden',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'CredentialsProviderError',
  'RequestTimeTooSkewed',
]);
const passing = new Set([
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'RequestTimeout',
  'ThrottlingException',
  'OperationAborted',
  'TimeoutError',
]);

/** What S3's own words mean. Pure. */
export function fromS3Error(error: unknown, what: string, bucket: string, signal: AbortSignal | undefined): HoldfastError {
  const { name, message, status, request } = seen(error);
  const rest = { operation: `bucket.${what}`, context: { bucket, ...(request === undefined ? {} : { request }) }, cause: error };
  if (signal?.aborted === true || name === 'AbortError')
    return new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${what} of the bucket '${bucket}' was aborted`, ...rest });
  const [code, kind, words, hint] = untrusted.test(name) ? noTrust : translate(name, status);
  return new HoldfastError(code, { kind, message: `The bucket '${bucket}' ${words}: ${said(name, message, status)}`, hint, ...rest });
}

/** What OpenSSL and Node call a connection that is not encrypted as it should be, or whose certificate is not accepted. */
const untrusted = /^(?:EPROTO|ERR_SSL_.*|ERR_TLS_.*|CERT_.*|SELF_SIGNED_.*|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_.*)$/u;
const noTrust = [
  'HF_STORAGE_PERMISSION',
  'permission',
  'cannot be trusted, or has no TLS',
  "Correct 'bucket.endpoint', which is http: for a server without TLS; or add its authority to those that this machine trusts",
] as const;

/** An answer without a body, such as every one to HEAD, has its status alone; OpenSSL's words have places in its source and an end of line. */
function said(name: string, message: string, status: number | undefined): string {
  if (/^Unknown(?:Error)?$/u.test(message) || name === 'Unknown') return status === undefined ? message : `HTTP status ${status}`;
  const plain = message.replaceAll(/\\n|\s+/gu, ' ').trim();
  const [, openssl] = /SSL routines:[^:]*:([^:]+)/u.exec(plain) ?? [];
  return `${name}: ${openssl ?? plain}`;
}

/** Nothing came in time. */
export function unanswered(what: string, bucket: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_CLOUD_UNAVAILABLE', {
    kind: 'unavailable',
    message: `The bucket '${bucket}' does not answer: nothing came in time`,
    operation: `bucket.${what}`,
    context: { bucket },
    hint: 'Look at the endpoint, and at the network between here and it; then repeat',
    cause,
  });
}

function translate(name: string, status: number | undefined): readonly [ErrorCode, ErrorKind, string, string] {
  if (denied.has(name) || status === 401 || status === 403)
    return [
      'HF_CLOUD_DENIED',
      'permission',
      'may not be used with these credentials',
      "Give the machine's role the rights that docs/juicefs.md lists, or correct the keys; the name may also be another account's",
    ];
  if (status !== undefined && status >= 400 && status < 500 && status !== 429 && !passing.has(name))
    return ['HF_CLOUD_REFUSED', 'invalid-argument', 'was not taken as it is', 'Correct what S3 names: the region, the name, a value'];
  return ['HF_CLOUD_UNAVAILABLE', 'unavailable', 'does not answer', 'Look at the endpoint, and at the network between here and it; then repeat'];
}

export function statusOf(error: unknown): number | undefined {
  return seen(error).status;
}

export function nameOf(error: unknown): string {
  return seen(error).name;
}

function seen(error: unknown): Seen {
  if (!(error instanceof Error)) return { name: 'Unknown', message: String(error), status: undefined, request: undefined };
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const field = (key: string): unknown => (typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, key) : undefined);
  const status = field('httpStatusCode');
  const request = field('requestId');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name === 'Error' || error.name === 'AggregateError' ? (code ?? error.name) : error.name,
    // A refused connection to every address of a host has no message of its own.
    message: error.message === '' ? (code ?? 'no answer') : error.message,
    status: typeof status === 'number' ? status : undefined,
    request: typeof request === 'string' ? request : undefined,
  };
}
