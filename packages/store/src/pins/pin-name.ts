import { randomBytes } from 'node:crypto';

/**
 * A file in `pins/` of the job whose snapshot shall stay. `read`: somebody reads it, as long as he renews the file. `fork`: the snapshots of another job
 * refer to its blocks. `other`: made by hand, for ever.
 */
export type PinName =
  | { readonly kind: 'read'; readonly number: number }
  | { readonly kind: 'fork'; readonly number: number; readonly job: string }
  | { readonly kind: 'other'; readonly number: number };

const pattern = /^(\d{10})\.(.+)$/;
const readPattern = /^read\.[0-9a-f]{16}$/;
const forkPrefix = 'fork.';

export function readPinName(number: number): string {
  return `${tenDigits(number)}.read.${randomBytes(8).toString('hex')}`;
}

/** Undefined for what is no pin; a temporary file is none. */
export function parsePinName(file: string): PinName | undefined {
  const found = pattern.exec(file);
  if (found === null || found[2] === undefined) return undefined;
  const number = Number(found[1]);
  if (readPattern.test(found[2])) return { kind: 'read', number };
  const job = found[2].slice(forkPrefix.length);
  return found[2].startsWith(forkPrefix) && job !== '' ? { kind: 'fork', number, job } : { kind: 'other', number };
}

function tenDigits(number: number): string {
  return String(number).padStart(10, '0');
}
