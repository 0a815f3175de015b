import { MalformedBytes } from './byte-reader.js';

/** The members of a JSON object that was read from a file. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string member of parsed JSON; throws MalformedBytes for anything else. */
export function textField(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new MalformedBytes(`its member ${name} is not a string`);
  return value;
}

/** A whole number from `least` up to 2^53 - 1. */
export function numberField(fields: Fields, name: string, least = 0): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw new MalformedBytes(`its member ${name} is not a whole number of at least ${least}`);
  }
  return value;
}

export function recordField(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (value === null) return undefined;
  if (!isFields(value)) throw new MalformedBytes(`its member ${name} is not an object`);
  return value;
}
