import { hostname } from 'node:os';
import { numberField, textField } from '../codec/fields.js';
import { decodeSealedJson, encodeSealedJson } from '../codec/sealed-json.js';

/** How long a reader's pin holds without being renewed, where its content does not tell. */
export const defaultPinLifetimeMs = 600_000;

export interface PinContent {
  readonly job: string;
  readonly number: number;
  /** For people: `read`, `verify`, `fork`. */
  readonly why: string;
  readonly createdAt: string;
  /** Undefined where the pin does not end by itself. */
  readonly lifetimeMs: number | undefined;
}

/** Who made the pin is this process. */
export function encodePin({ job, number, why, createdAt, lifetimeMs }: PinContent): Buffer {
  const made = { version: 1, job, number, why, host: hostname(), pid: process.pid, createdAt };
  return encodeSealedJson({ ...made, lifetimeMs: lifetimeMs ?? null });
}

/** Throws MalformedBytes. */
export function decodePin(bytes: Buffer): PinContent {
  const fields = decodeSealedJson(bytes);
  return {
    job: textField(fields, 'job'),
    number: numberField(fields, 'number', 1),
    why: textField(fields, 'why'),
    createdAt: textField(fields, 'createdAt'),
    lifetimeMs: fields['lifetimeMs'] === null ? undefined : numberField(fields, 'lifetimeMs', 1),
  };
}
