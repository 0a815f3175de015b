import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CheckpointMetadata, NotedEpoch, NoteKind } from '@holdfast/core';
import { MalformedBytes } from '../codec/byte-reader.js';
import { type Fields, isFields, numberField, textField } from '../codec/fields.js';
import { decodeSealedJson, encodeSealedJson } from '../codec/sealed-json.js';
import { seal, unseal } from '../encryption/aead.js';
import { saltBytes } from '../encryption/key-schedule.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { corrupt, newerFormat } from '../errors.js';
import { epochFileName, isAttempt } from '../files/names.js';
import { readWholeFile } from '../files/whole-files.js';
import { parseObject } from '../manifest/manifest-summary.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** Of the note itself; a line of a command may be two million bytes long. */
export const noteLimitBytes: number = 4 * 1024 * 1024;
/** Of its file: text that is encrypted and escaped, and what stands around it. */
const fileLimitBytes = 32 * 1024 * 1024;
const encryption = 'encryption-aes-256-gcm';

export interface EpochNote {
  readonly attempt: string;
  readonly note: CheckpointMetadata;
}

/** See docs/format.md, "Notes". */
export function encodeNote(
  { job, epoch, attempt }: NotedEpoch,
  kind: NoteKind,
  note: CheckpointMetadata,
  cipher: RepositoryCipher | undefined,
): Buffer {
  const fields = { version: 1, job, epoch, attempt };
  if (cipher === undefined) return encodeSealedJson({ ...fields, features: [], note });
  const salt = randomBytes(saltBytes);
  const sealed = seal(cipher.note(salt, placeOf(job, epoch, kind)), Buffer.from(JSON.stringify(note)));
  return encodeSealedJson({ ...fields, features: [encryption], salt: salt.toString('hex'), encrypted: sealed.toString('base64') });
}

/** Undefined where there is none; rejects with HF_EPOCH_CORRUPT or HF_FORMAT_NEWER. */
export const readNote: Readonly<Record<NoteKind, (context: StoreContext, paths: JobPaths, epoch: number) => Promise<EpochNote | undefined>>> = {
  started: (context, paths, epoch) => read(context, paths, epoch, 'started'),
  over: (context, paths, epoch) => read(context, paths, epoch, 'over'),
};

async function read(context: StoreContext, paths: JobPaths, epoch: number, kind: NoteKind): Promise<EpochNote | undefined> {
  const path = join(paths.epochs, epochFileName(epoch, kind));
  const bytes = await readWholeFile(context.files, path, fileLimitBytes, (size) => corrupt('HF_EPOCH_CORRUPT', path, `it has ${size} bytes`));
  if (bytes === undefined) return undefined;
  try {
    const fields = decodeSealedJson(bytes);
    const isEncrypted = featuresOf(path, fields);
    if (textField(fields, 'job') !== paths.job || numberField(fields, 'epoch', 1) !== epoch)
      throw new MalformedBytes('it belongs to another job or epoch');
    const attempt = textField(fields, 'attempt');
    if (!isAttempt(attempt)) throw new MalformedBytes('its attempt is not one');
    return { attempt, note: contentOf(fields, isEncrypted, placeOf(paths.job, epoch, kind), context.cipher) };
  } catch (error) {
    if (error instanceof MalformedBytes) throw corrupt('HF_EPOCH_CORRUPT', path, error.message, error);
    throw error;
  }
}

/** Tells whether it is encrypted. */
function featuresOf(path: string, fields: Fields): boolean {
  const version = numberField(fields, 'version', 1);
  if (version !== 1) throw newerFormat(path, `it has format version ${version}`);
  const { features } = fields;
  if (!Array.isArray(features)) throw new MalformedBytes('its member features is not a list');
  const unknown = features.map(String).find((feature) => feature !== encryption);
  if (unknown !== undefined) throw newerFormat(path, `it has the feature ${JSON.stringify(unknown)}`);
  return features.length > 0;
}

function contentOf(fields: Fields, isEncrypted: boolean, place: string, cipher: RepositoryCipher | undefined): CheckpointMetadata {
  if (isEncrypted !== (cipher !== undefined)) throw new MalformedBytes(`it is ${isEncrypted ? '' : 'not '}encrypted, unlike the repository`);
  if (cipher === undefined) {
    const { note } = fields;
    if (!isFields(note)) throw new MalformedBytes('its member note is not an object');
    return note;
  }
  const sealing = cipher.note(Buffer.from(textField(fields, 'salt'), 'hex'), place);
  return parseObject(unseal(sealing, Buffer.from(textField(fields, 'encrypted'), 'base64'), 'the note'), 'note');
}

function placeOf(job: string, epoch: number, kind: NoteKind): string {
  return `${job}/${epochFileName(epoch, kind)}`;
}
