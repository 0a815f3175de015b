import { HoldfastError } from '../errors/holdfast-error.js';

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const sizeForm = /^(\d+)(?:\.(\d{1,12}))?([A-Za-z]+)$/u;
const hint = 'Write a number with a unit: 512B, 64MiB, 1.5GiB (powers of 1024) or 10GB (powers of 1000)';

/**
 * Reads a size such as `64MiB` or `10GB` as bytes.
 *
 * - KiB, MiB, GiB, TiB, PiB are powers of 1024; kB (or KB), MB, GB, TB, PB powers of 1000; B is one byte.
 * - A decimal fraction is taken where the result is a whole number of bytes.
 * - Throws HF_SIZE for every other form, for zero, and for what a number cannot hold exactly.
 */
export function parseSize(text: string): number {
  const [, whole = '', fraction = '', unit = ''] = sizeForm.exec(text) ?? [];
  const unitBytes = unitSizeBytes(unit);
  if (unitBytes === undefined) throw refuse(text, 'is no size');
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * unitBytes;
  if (scaled % scale !== 0n) throw refuse(text, 'is no whole number of bytes');
  const bytes = scaled / scale;
  if (bytes === 0n) throw refuse(text, 'is no size: it is zero');
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(text, 'is larger than the largest size, 8191TiB');
  return Number(bytes);
}

/** Writes bytes for people, with three digits at most: `1.18MiB`. Throws HF_SIZE for what is negative or not finite. */
export function formatSize(sizeBytes: number): string {
  if (!Number.isFinite(sizeBytes) || sizeBytes < 0) throw refuse(String(sizeBytes), 'is no number of bytes');
  let value = sizeBytes;
  let power = 0;
  // 1023.5 would be written as 1024: the next unit says it better.
  while (value >= 999.5 && power < binaryUnits.length - 1) {
    value /= 1024;
    power += 1;
  }
  const digits = power === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const rounded = value.toFixed(digits);
  return `${digits === 0 ? rounded : rounded.replace(/\.?0+$/u, '')}${binaryUnits[power] ?? ''}`;
}

function unitSizeBytes(unit: string): bigint | undefined {
  const name = unit === 'KB' ? 'kB' : unit;
  const binary = binaryUnits.findIndex((known) => known === name);
  if (binary >= 0) return 1024n ** BigInt(binary);
  const decimal = decimalUnits.findIndex((known) => known === name);
  return decimal < 0 ? undefined : 1000n ** BigInt(decimal);
}

function refuse(value: string, why: string): HoldfastError {
  return new HoldfastError('HF_SIZE', { kind: 'invalid-argument', message: `'${value}' ${why}`, hint });
}
