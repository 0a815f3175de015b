import { hash } from 'node:crypto';
import type { Command, RedisPort } from './connection.js';

/** A script that the server runs as one step; all its keys are of one slot. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

export function script(text: string): Script {
  return { text, digest: hash('sha1', text) };
}

/** Runs it by its digest; by its text where the server does not know it yet, as after a restart or a fail-over. */
export async function runScript(port: RedisPort, wanted: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
  try {
    return await port.send(...byDigest(wanted, keys, args));
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return port.send('eval', wanted.text, keys.length, ...keys, ...args);
  }
}

function byDigest(wanted: Script, keys: readonly string[], args: readonly (string | number)[]): Command {
  return ['evalsha', wanted.digest, keys.length, ...keys, ...args];
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
