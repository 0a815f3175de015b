import { damaged, messagesOf } from '../images/image-file.js';
import { decodeFields } from '../images/message-fields.js';

const coreMagic = 0x55053847;
/** Of `core-TID.img`, down to the register. */
const [threadInfo, registers, stackPointer] = [2, 2, 20];

/** A thread's stack pointer. Decodes `core-TID.img` of x86-64. Throws with kind `corrupt`. */
export function decodeStackPointer(bytes: Uint8Array, name: string): number {
  const [message] = messagesOf(bytes, name, coreMagic);
  const info = message === undefined ? undefined : decodeFields(message, name).nested.get(threadInfo);
  const general = info === undefined ? undefined : decodeFields(info, name).nested.get(registers);
  const address = general === undefined ? undefined : decodeFields(general, name).numbers.get(stackPointer);
  if (address === undefined || !Number.isSafeInteger(address)) throw damaged(name, `its thread has the stack pointer ${address}`);
  return address;
}
