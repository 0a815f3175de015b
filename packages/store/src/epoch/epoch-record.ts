import type { EpochEnd, EpochHolder } from '@holdfast/core';
import { MalformedBytes } from '../codec/byte-reader.js';
import { numberField, textField } from '../codec/fields.js';
import { decodeSealedJson, encodeSealedJson } from '../codec/sealed-json.js';
import { newerFormat } from '../errors.js';
import type { SnapshotName } from '../files/names.js';
import { isAttempt } from '../files/names.js';
import { fromField, fromJson } from '../manifest/manifest-summary.js';

/** What eligibility needs to know of an epoch; found in its file and in each of its manifests. */
export interface EpochLink {
  readonly epoch: number;
  readonly attempt: string;
  readonly from: SnapshotName | undefined;
  readonly firstNumber: number;
}

export interface EpochRecord extends EpochLink {
  readonly job: string;
  readonly holder: EpochHolder;
  readonly claimedAt: string;
}

export function encodeEpoch(record: EpochRecord): Buffer {
  const { job, epoch, attempt, holder, claimedAt, from, firstNumber } = record;
  return encodeSealedJson({ version: 1, job, epoch, attempt, host: holder.host, pid: holder.pid, claimedAt, from: fromJson(from), firstNumber });
}

/** Throws MalformedBytes, or HF_FORMAT_NEWER naming `file`. */
export function decodeEpoch(file: string, bytes: Buffer, job: string, epoch: number): EpochRecord {
  const fields = decodeOwn(file, bytes, job, epoch);
  const attempt = textField(fields, 'attempt');
  return {
    job,
    epoch,
    attempt,
    holder: { attempt, host: textField(fields, 'host'), pid: numberField(fields, 'pid') },
    claimedAt: textField(fields, 'claimedAt'),
    from: fromField(fields),
    firstNumber: numberField(fields, 'firstNumber', 1),
  };
}

export interface EndRecord extends EpochEnd {
  readonly attempt: string;
}

export function encodeEnd(job: string, epoch: number, { attempt, exitCode, endedAt }: EndRecord): Buffer {
  return encodeSealedJson({ version: 1, job, epoch, attempt, exitCode, endedAt });
}

export function decodeEnd(file: string, bytes: Buffer, job: string, epoch: number): EndRecord {
  const fields = decodeOwn(file, bytes, job, epoch);
  return { attempt: textField(fields, 'attempt'), exitCode: numberField(fields, 'exitCode'), endedAt: textField(fields, 'endedAt') };
}

export function encodeReady(job: string, epoch: number, attempt: string): Buffer {
  return encodeSealedJson({ version: 1, job, epoch, attempt });
}

/** Tells the attempt. */
export function decodeReady(file: string, bytes: Buffer, job: string, epoch: number): string {
  return textField(decodeOwn(file, bytes, job, epoch), 'attempt');
}

function decodeOwn(file: string, bytes: Buffer, job: string, epoch: number): Readonly<Record<string, unknown>> {
  const fields = decodeSealedJson(bytes);
  const version = numberField(fields, 'version', 1);
  if (version !== 1) throw newerFormat(file, `it has format version ${version}`);
  if (textField(fields, 'job') !== job || numberField(fields, 'epoch', 1) !== epoch) throw new MalformedBytes('it belongs to another job or epoch');
  if (!isAttempt(textField(fields, 'attempt'))) throw new MalformedBytes('its attempt is not one');
  return fields;
}
