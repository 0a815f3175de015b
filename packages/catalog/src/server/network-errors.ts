import { TimeoutError } from 'tarn';
import { DeadlineError } from './connection.js';

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_DESTROYED',
  'ERR_SOCKET_CLOSED',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
]);

/** What the client libraries say without a code. */
const lostWords =
  /connection terminated|connection ended|can't add new command|timeout expired|not queryable|connection is closed|socket has been ended/iu;

/** The way to the server is cut, or the server does not answer in time. */
export function isNetworkError(error: unknown): boolean {
  // The pool's: no session was to be had in time.
  if (error instanceof DeadlineError || error instanceof TimeoutError) return true;
  if (error instanceof AggregateError) return error.errors.some(isNetworkError);
  if (!(error instanceof Error)) return false;
  return networkCodes.has(codeOf(error)) || lostWords.test(error.message);
}

const tlsCodes =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)_|INVALID_CA|HOSTNAME_MISMATCH|HANDSHAKE_(?:NO_)?SSL|EPROTO$)/u;

/** No TLS could be had with the server, or its certificate is not to be trusted. */
export function isTlsError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isTlsError);
  if (!(error instanceof Error)) return false;
  return tlsCodes.test(codeOf(error)) || /does not support (?:SSL|secure) connection|no encryption|certificate/iu.test(error.message);
}

/** The certificate is trusted, but for another name. */
export function isNameError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isNameError);
  return error instanceof Error && (codeOf(error) === 'ERR_TLS_CERT_ALTNAME_INVALID' || /altname|hostname\/ip does not match/iu.test(error.message));
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
