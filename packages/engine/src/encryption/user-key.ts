import { open } from 'node:fs/promises';
import type { CallOptions, EncryptionConfig } from '@holdfast/core';
import { parseUserKey } from '@holdfast/store';
import { keyUnavailable } from './errors.js';
import { defaultKeyCommandLimits, type KeyCommandLimits, runKeyCommand } from './key-command.js';

/** More than any key is, in whatever form. */
const keyFileLimitBytes = 4096;

/**
 * The user's key from where the configuration says. It is only ever in memory: not in a message, a log or a file.
 *
 * Rejects with HF_KEY_UNAVAILABLE where it cannot be had, with HF_KEY_INVALID where what was had is no key.
 */
export async function readUserKey(
  { key }: EncryptionConfig,
  options: CallOptions = {},
  limits: KeyCommandLimits = defaultKeyCommandLimits,
): Promise<Uint8Array> {
  if ('file' in key) return parseUserKey(await readKeyFile(key.file), key.file);
  return parseUserKey(await runKeyCommand(key.command, limits, options), `What ${key.command[0]} printed`);
}

async function readKeyFile(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const bytes = Buffer.alloc(keyFileLimitBytes);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw keyUnavailable(`The key's file ${path} cannot be read (${code})`, "Name a file that this user can read: 'encryption.keyFile'", cause);
  }
}
