import { dirname } from 'node:path';
import { MalformedBytes } from '../codec/byte-reader.js';
import { numberField, textField } from '../codec/fields.js';
import { decodeSealedJson, encodeSealedJson, sealedJsonLimitBytes } from '../codec/sealed-json.js';
import { corrupt, newerFormat } from '../errors.js';
import { ensureDirectory } from '../files/directories.js';
import { temporaryName } from '../files/names.js';
import { readWholeFile, removeIfThere, writeNewFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** What a removed job had used: a job of its name goes on above. */
export interface Tombstone {
  readonly epoch: number;
  readonly number: number;
}

/** Zeros where no job of that name was removed. */
export async function readTombstone({ files }: StoreContext, { job, tombstone }: JobPaths): Promise<Tombstone> {
  const bytes = await readWholeFile(files, tombstone, sealedJsonLimitBytes, () => corrupt('HF_EPOCH_CORRUPT', tombstone, 'it is too long'));
  if (bytes === undefined) return { epoch: 0, number: 0 };
  try {
    const fields = decodeSealedJson(bytes);
    const version = numberField(fields, 'version', 1);
    if (version !== 1) throw newerFormat(tombstone, `it has format version ${version}`);
    if (textField(fields, 'job') !== job) throw new MalformedBytes('it belongs to another job');
    return { epoch: numberField(fields, 'epoch', 1), number: numberField(fields, 'number') };
  } catch (error) {
    if (error instanceof MalformedBytes) throw corrupt('HF_EPOCH_CORRUPT', tombstone, error.message, error);
    throw error;
  }
}

/** Lasting when it resolves. Numbers only grow: whoever removes the job again has used higher ones. */
export async function writeTombstone(context: StoreContext, { job, tombstone }: JobPaths, { epoch, number }: Tombstone): Promise<void> {
  const { files, clock } = context;
  await ensureDirectory(files, dirname(tombstone), 'repository-directory');
  const temporary = temporaryName(tombstone);
  const content = encodeSealedJson({ version: 1, job, epoch, number, removedAt: clock.now().toISOString() });
  try {
    await writeNewFile(files, temporary, [content], 'epoch');
    await files.rename(temporary, tombstone);
  } catch (error) {
    await removeIfThere(files, temporary).catch(() => false);
    throw error;
  }
  await files.syncDirectory(dirname(tombstone), 'epoch-directory');
}
