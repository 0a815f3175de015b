import { randomBytes } from 'node:crypto';

/**
 * A file in `pins/` of the job whose snapshot shall stay. `read`: somebody reads it, as long as he renews the file. `fork`: the snapshots of another job
 * refer to its blocks. `other`: made by hand, for ever.
 */
export type PinName =
  | { readonly kind: 'read'; readonly number: number }
  | { readonly kind: 'fork'; readonly number: number; readonly epoch: number; readonly job: string }
  | { readonly kind: 'other'; readonly number: number };

const pattern = /^(\d{10})\.(.+)$/;
const readPattern = /^read\.[0-9a-f]{16}$/;
const forkPattern = /^fork\.(\d{10})\.(.+)$/;

export function readPinName(number: number): string {
  return `${tenDigits(number)}.read.${randomBytes(8).toString('hex')}`;
}

/** With the epoch under which the job is made, so that of two forks to one name none takes the other's pin away. */
export function forkPinName(number: number, epoch: number, job: string): string {
  return `${tenDigits(number)}.fork.${tenDigits(epoch)}.${job}`;
}

/** Undefined for what is no pin; a temporary file is none. */
export function parsePinName(file: string): PinName | undefined {
  const found = pattern.exec(file);
  if (found === null || found[2] === undefined) return undefined;
  const number = Number(found[1]);
  if (readPattern.test(found[2])) return { kind: 'read', number };
  const [, epoch, job] = forkPattern.exec(found[2]) ?? [];
  return job === undefined ? { kind: 'other', number } : { kind: 'fork', number, epoch: Number(epoch), job };
}

function tenDigits(number: number): string {
  return String(number).padStart(10, '0');
}
