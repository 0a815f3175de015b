import { HoldfastError } from '@holdfast/core';

/** Refuses an instant in any form but that of `Date.prototype.toISOString`: texts of one form sort as the times do. */
export function instant(name: string, value: string): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== value) {
    throw refuse(`${name} '${value}' is no time in UTC`, `Write it as ${new Date(0).toISOString()}`);
  }
  return value;
}

/** Refuses what is not a whole number from 1 to `most`. */
export function positive(name: string, value: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw refuse(`${name} ${value} is out of range`, `Give a whole number from 1 to ${most}`);
  return value;
}

export function refuse(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message, hint });
}
