import { basename, dirname, join } from 'node:path';
import { encodeSealedJson } from './codec/sealed-json.js';
import { keyWrong, notEncrypted } from './encryption/errors.js';
import { assertUserKey } from './encryption/user-key.js';
import { unwrapDataKey, wrapDataKey, wrappedKeyFields } from './encryption/wrapped-key.js';
import { createFileOperations } from './files/create-file-operations.js';
import { explainedOperations } from './files/explained-operations.js';
import type { FileOperations } from './files/file-operations.js';
import { temporaryName } from './files/names.js';
import { resolveRoot } from './files/resolve-root.js';
import { removeIfThere, writeNewFile } from './files/whole-files.js';
import { readIdentity, repositoryMissing } from './repository/identity.js';

export interface KeyChange {
  /** Absolute path of the directory that holds the repository. */
  readonly root: string;
  /** The user's key that it has, 32 bytes. */
  readonly from: Uint8Array;
  /** The one that it shall have. */
  readonly to: Uint8Array;
}

/**
 * Puts the data key of an encrypted repository under another key of the user's. Snapshots are not touched, and whoever has the repository open goes on.
 *
 * - At each moment the repository opens with one of the two keys, whatever is killed or loses its power; once this resolves, with `to` only.
 * - Resolves to false, and changes nothing, where it opens with `to` already: so whoever was killed in it calls it again.
 * - Rejects as `openRepository` does: HF_REPOSITORY_MISSING, HF_REPOSITORY_CORRUPT, HF_FORMAT_NEWER; HF_KEY_WRONG where neither key is the repository's, HF_KEY_UNUSED
 *   where it is not encrypted, HF_KEY_INVALID for what is no key.
 * - Of two at the same time one may win after the other: then this rejects with HF_KEY_WRONG, or the other's key opens it no more. So one does it at a time.
 */
export function changeUserKey(change: KeyChange): Promise<boolean> {
  return changeUserKeyWith(change, createFileOperations());
}

/** For tests: with other file operations. */
export async function changeUserKeyWith({ root: given, from, to }: KeyChange, operations: FileOperations): Promise<boolean> {
  for (const key of [from, to]) assertUserKey(key);
  const files = explainedOperations(operations);
  const root = await resolveRoot(given);
  const path = join(root, 'repository.json');
  const record = await readIdentity(files, path);
  if (record === undefined) throw repositoryMissing(root, path, false);
  if (record.key instanceof Uint8Array) throw notEncrypted(path);
  if (unwrapDataKey(record.key, to, record.id) !== undefined) {
    await removeLeftovers(files, path);
    return false;
  }
  const dataKey = unwrapDataKey(record.key, from, record.id);
  if (dataKey === undefined) throw keyWrong(path);
  await replace(files, path, encodeSealedJson({ ...record.fields, encryption: wrappedKeyFields(wrapDataKey(dataKey, to, record.id)) }));
  const made = await readIdentity(files, path);
  if (made === undefined || made.key instanceof Uint8Array || unwrapDataKey(made.key, to, made.id) === undefined) throw keyWrong(path);
  await removeLeftovers(files, path);
  return true;
}

/** The rename decides; a failure after it leaves the new key or the old one. */
async function replace(files: FileOperations, path: string, content: Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeNewFile(files, temporary, [content], 'repository');
    await files.rename(temporary, path);
  } catch (error) {
    await removeIfThere(files, temporary).catch(() => false);
    throw error;
  }
  await files.syncDirectory(dirname(path), 'repository-directory');
}

/** What others left who were killed in it: each holds the data key under a key of the user's. */
async function removeLeftovers(files: FileOperations, path: string): Promise<void> {
  const prefix = `tmp.${basename(path)}.`;
  for (const name of await files.list(dirname(path)).catch(() => []))
    if (name.startsWith(prefix)) await removeIfThere(files, join(dirname(path), name)).catch(() => false);
}
