import { HoldfastError } from '@holdfast/core';

/** Refuses what is not a whole number from 1 to `most`. */
export function positive(name: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw refuse(`${name} ${value} is out of range`, `Give a whole number from 1 to ${most}`);
  return value;
}

export function refuse(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message, hint });
}
