import { MalformedBytes } from '../codec/byte-reader.js';
import { type Fields, isFields, numberField, recordField, textField } from '../codec/fields.js';
import { isAttempt, type SnapshotName } from '../files/names.js';
import type { ManifestSummary } from './manifest.js';

export function encodeSummary(summary: ManifestSummary): Buffer {
  const { repositoryId, job, number, epoch, attempt, parent, createdAt, logicalBytes, storedBytes, from, firstNumber } = summary;
  return Buffer.from(
    JSON.stringify({
      repository: repositoryId,
      job,
      number,
      epoch,
      attempt,
      parent: parent ?? null,
      createdAt,
      logicalBytes,
      storedBytes,
      from: fromJson(from),
      firstNumber,
    }),
  );
}

export function decodeSummary(bytes: Buffer): ManifestSummary {
  const fields = parseObject(bytes, 'summary');
  return {
    repositoryId: textField(fields, 'repository'),
    job: textField(fields, 'job'),
    ...snapshotFields(fields),
    parent: fields['parent'] === null ? undefined : numberField(fields, 'parent', 1),
    createdAt: textField(fields, 'createdAt'),
    logicalBytes: numberField(fields, 'logicalBytes'),
    storedBytes: numberField(fields, 'storedBytes'),
    from: fromField(fields),
    firstNumber: numberField(fields, 'firstNumber', 1),
  };
}

export function parseObject(bytes: Buffer, section: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new MalformedBytes(`its ${section} is not JSON`, { cause: error });
  }
  if (!isFields(value)) throw new MalformedBytes(`its ${section} is not a JSON object`);
  return value;
}

/** The snapshot that an epoch goes on from; null for none. */
export function fromField(fields: Fields): SnapshotName | undefined {
  const from = recordField(fields, 'from');
  return from === undefined ? undefined : snapshotFields(from);
}

export function fromJson(from: SnapshotName | undefined): Fields | null {
  return from === undefined ? null : { number: from.number, epoch: from.epoch, attempt: from.attempt };
}

function snapshotFields(fields: Fields): SnapshotName {
  const attempt = textField(fields, 'attempt');
  if (!isAttempt(attempt)) throw new MalformedBytes('its attempt is not one');
  return { number: numberField(fields, 'number', 1), epoch: numberField(fields, 'epoch', 1), attempt };
}
