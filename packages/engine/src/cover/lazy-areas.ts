import type { PageRun } from '@holdfast/core';
import { damaged, messagesOf } from '../images/image-file.js';
import { decodeFields } from '../images/message-fields.js';
import { areaFields, areaRun, mmFields, mmMagic, statusBits } from '../images/mm.js';

/** mmap(2)'s, of which CRIU notes those that an area has. */
const mapFlags = { private: 0x02, anonymous: 0x20, locked: 0x2000, hugetlb: 0x40000 };
const ownOfTheProcess = mapFlags.private | mapFlags.anonymous;

/** Where a process has memory of its own, which CRIU marks as what may come later; ascending. Decodes `mm-PID.img`. Throws with kind `corrupt`. */
export function decodeLazyAreas(bytes: Uint8Array, name: string): readonly PageRun[] {
  const [message] = messagesOf(bytes, name, mmMagic);
  if (message === undefined) throw damaged(name, 'it is empty');
  return (decodeFields(message, name).repeated.get(mmFields.areas) ?? []).flatMap((area) => {
    const { numbers } = decodeFields(area, name);
    const [flags, status] = [numbers.get(areaFields.flags) ?? 0, numbers.get(areaFields.status) ?? 0];
    const isKernels = (status & (statusBits.vsyscall | statusBits.vdso | statusBits.vvar)) !== 0;
    const isOwn = (flags & ownOfTheProcess) === ownOfTheProcess && (flags & (mapFlags.locked | mapFlags.hugetlb)) === 0;
    return isOwn && !isKernels ? [areaRun(numbers, name)] : [];
  });
}
