import { pageSizeBytes } from '@holdfast/core/basics';
import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';
import { areaFields, areaRun, mmFields, mmMagic, statusBits } from './mm.js';

const writable = 0x2;
/** mmap(2)'s, of which CRIU notes those that an area has. */
const mapFlags = { private: 0x02, noReserve: 0x4000, hugetlb: 0x40000 };

/**
 * Bytes of each area that a process may not write to, which the kernel therefore promises no memory for: programs keep addresses free so, by the terabyte.
 * Decodes `mm-PID.img`. Throws with kind `corrupt`.
 */
export function decodeReservedBytes(bytes: Uint8Array, name: string): readonly number[] {
  const [message] = messagesOf(bytes, name, mmMagic);
  if (message === undefined) throw damaged(name, 'it is empty');
  return (decodeFields(message, name).repeated.get(mmFields.areas) ?? []).flatMap((area) => {
    const { numbers } = decodeFields(area, name);
    const field = (number: number): number => numbers.get(number) ?? 0;
    const [flags, status] = [field(areaFields.flags), field(areaFields.status)];
    const isKernels = (status & (statusBits.vsyscall | statusBits.vdso | statusBits.vvar)) !== 0;
    const isPrivate = (flags & (mapFlags.private | mapFlags.noReserve | mapFlags.hugetlb)) === mapFlags.private;
    return isPrivate && !isKernels && (field(areaFields.rights) & writable) === 0 ? [areaRun(numbers, name).pageCount * pageSizeBytes] : [];
  });
}
