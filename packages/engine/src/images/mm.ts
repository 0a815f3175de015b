import type { PageRun } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

export const mmMagic = 0x57492820;
export const mmFields = { startCode: 1, startData: 3, startStack: 5, startBrk: 6, argStart: 8, envEnd: 11, areas: 14 };
export const areaFields = { start: 1, end: 2, offset: 3, sharedId: 4, rights: 5, flags: 6, status: 7, advice: 9 };
/** Of an area's status, as numbers. */
export const statusBits = { vsyscall: 0x4, vdso: 0x8, anonymousShared: 0x100, systemV: 0x400, vvar: 0x1000, memfd: 0x4000 };

/** A mapping of memory that processes may share. */
export interface SharedArea {
  /** `memory`: a shared anonymous mapping. `memfd`: a file of memory. System V segments are told by their own id and are not among these. */
  readonly kind: 'memory' | 'memfd';
  /** Of the segment, for a memfd that of its open file. */
  readonly sharedId: number;
  /** Where the segment's first byte is or would be mapped: the same for all parts of a mapping that was split. May be negative. */
  readonly base: number;
}

export interface AddressSpace {
  /**
   * Where the kernel put the program's parts when it was started, as a text: the same for as long as the process does not call exec, in its forks, and
   * after a restore. Two programs have the same one only where addresses are not random.
   */
  readonly program: string;
  readonly sharedAreas: readonly SharedArea[];
}

/** Decodes `mm-PID.img`. Throws with kind `corrupt`. */
export function decodeAddressSpace(bytes: Uint8Array, name: string): AddressSpace {
  const [message] = messagesOf(bytes, name, mmMagic);
  if (message === undefined) throw damaged(name, 'it is empty');
  const { numbers, repeated } = decodeFields(message, name);
  const { startCode, startData, startStack, startBrk, argStart, envEnd } = mmFields;
  const program = [startCode, startData, startStack, startBrk, argStart, envEnd].map((field) => (numbers.get(field) ?? 0).toString(16)).join('-');
  return { program, sharedAreas: (repeated.get(mmFields.areas) ?? []).flatMap((area) => sharedArea(area, name)) };
}

function sharedArea(message: Uint8Array, name: string): readonly SharedArea[] {
  const { numbers } = decodeFields(message, name);
  const status = numbers.get(areaFields.status) ?? 0;
  const isMemfd = (status & statusBits.memfd) !== 0;
  if (!isMemfd && ((status & statusBits.anonymousShared) === 0 || (status & statusBits.systemV) !== 0)) return [];
  const [start, end, offset, sharedId] = [areaFields.start, areaFields.end, areaFields.offset, areaFields.sharedId].map((field) =>
    numbers.get(field),
  );
  if (start === undefined || end === undefined || !(start < end)) throw damaged(name, `it has an area from ${start} to ${end}`);
  if (!Number.isSafeInteger(sharedId) || !Number.isSafeInteger(offset)) throw damaged(name, `its area at ${start} is of segment ${sharedId}`);
  return [{ kind: isMemfd ? 'memfd' : 'memory', sharedId: sharedId ?? 0, base: start - (offset ?? 0) }];
}

/** The pages of an area of `mm-PID.img`, given its fields. Throws with kind `corrupt`. */
export function areaRun(numbers: ReadonlyMap<number, number>, name: string): PageRun {
  const [start, end] = [numbers.get(areaFields.start) ?? Number.NaN, numbers.get(areaFields.end) ?? Number.NaN];
  const run = { firstPage: start / pageSizeBytes, pageCount: (end - start) / pageSizeBytes };
  if (!(Number.isInteger(run.firstPage) && Number.isInteger(run.pageCount) && run.pageCount > 0))
    throw damaged(name, `it has an area from ${start} to ${end}`);
  return run;
}
