import { dirname, join } from 'node:path';
import { MalformedBytes } from '../codec/byte-reader.js';
import { numberField, textField } from '../codec/fields.js';
import { decodeSealedJson, encodeSealedJson, sealedJsonLimitBytes } from '../codec/sealed-json.js';
import { corrupt, newerFormat } from '../errors.js';
import { createExclusively } from '../files/create-exclusively.js';
import { ensureDirectory, listIfThere } from '../files/directories.js';
import { parseRemovedName, type RemovedName, removedName } from '../files/names.js';
import { readWholeFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** What the removed jobs of that name had used: a job of it goes on above. Zeros where none was removed. Of each file only the name counts. */
export async function readTombstones({ files }: StoreContext, { tombstones }: JobPaths): Promise<RemovedName> {
  const names = (await listIfThere(files, tombstones)).map(parseRemovedName).filter((name) => name !== undefined);
  return { epoch: Math.max(0, ...names.map(({ epoch }) => epoch)), number: Math.max(0, ...names.map(({ number }) => number)) };
}

/** Lasting when it resolves. A file for each removal, so that one that stood still takes nothing from a later one. */
export async function writeTombstone({ files, clock }: StoreContext, { job, tombstones }: JobPaths, name: RemovedName): Promise<void> {
  await ensureDirectory(files, dirname(tombstones), 'repository-directory');
  await ensureDirectory(files, tombstones, 'repository-directory');
  const content = encodeSealedJson({ version: 1, job, ...name, removedAt: clock.now().toISOString() });
  await createExclusively(files, join(tombstones, removedName(name)), content, 'epoch', 'epoch-directory');
}

/** Rejects with HF_EPOCH_CORRUPT or HF_FORMAT_NEWER where the content does not say what the name does. */
export async function checkTombstone({ files }: StoreContext, { job, tombstones }: JobPaths, name: RemovedName): Promise<void> {
  const path = join(tombstones, removedName(name));
  const damaged = (what: string, cause?: unknown): Error =>
    corrupt('HF_EPOCH_CORRUPT', path, `${what}; its name alone counts, so that a new job ${job} is safe: leave it there`, cause);
  const bytes = await readWholeFile(files, path, sealedJsonLimitBytes, () => damaged('it is too long'));
  if (bytes === undefined) throw damaged('it is missing');
  try {
    const fields = decodeSealedJson(bytes);
    const version = numberField(fields, 'version', 1);
    if (version !== 1) throw newerFormat(path, `it has format version ${version}`);
    if (textField(fields, 'job') !== job || numberField(fields, 'epoch', 1) !== name.epoch || numberField(fields, 'number') !== name.number)
      throw new MalformedBytes('it belongs to another job or removal');
  } catch (error) {
    if (error instanceof MalformedBytes) throw damaged(error.message, error);
    throw error;
  }
}
