import { HoldfastError } from '@holdfast/core/basics';
import { keyBytes } from './key-schedule.js';

const hexadecimal = /^[0-9a-fA-F]{64}$/;
const base64 = /^[A-Za-z0-9+/]{43}=?$/;
const lineEnd = /\r?\n$/;

/**
 * Takes a key as it came from a file or a command: 32 bytes as they are, in hexadecimal or in Base64, the latter two with or without a line's end.
 * Throws HF_KEY_INVALID naming `source`, never what it held: for anything shorter or longer, for a passphrase, and for bytes that are all the same.
 */
export function parseUserKey(bytes: Uint8Array, source: string): Uint8Array {
  const key = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (key === undefined) throw invalid(source, `holds ${bytes.length} bytes that are no key of ${keyBytes} bytes`);
  if (isText(key)) throw invalid(source, `holds ${keyBytes} characters of text, which is a passphrase and no key`);
  if (key.every((byte) => byte === key[0])) throw invalid(source, 'holds the same byte over and over, which anybody can guess');
  return new Uint8Array(key);
}

/** Throws HF_KEY_INVALID where this is no key. */
export function assertUserKey(key: Uint8Array): void {
  if (key.length !== keyBytes) throw invalid('The encryption key', `has ${key.length} bytes instead of ${keyBytes}`);
}

function decode(bytes: Buffer): Buffer | undefined {
  if (bytes.length === keyBytes) return bytes;
  const text = bytes.toString('latin1').replace(lineEnd, '');
  if (hexadecimal.test(text)) return Buffer.from(text, 'hex');
  const decoded = base64.test(text) ? Buffer.from(text, 'base64') : undefined;
  return decoded?.length === keyBytes ? decoded : undefined;
}

/** Of random keys one in 10^13 looks so. */
function isText(key: Buffer): boolean {
  return key.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function invalid(source: string, why: string): HoldfastError {
  return new HoldfastError('HF_KEY_INVALID', {
    message: `${source} ${why}`,
    kind: 'invalid-argument',
    context: { source },
    hint: 'A key is 32 random bytes: make one with holdfast key generate, and keep a copy of it elsewhere',
  });
}
