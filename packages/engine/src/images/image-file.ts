import { HoldfastError } from '@holdfast/core/basics';

const commonMagic = 0x54564319;
const serviceMagic = 0x55105940;

/**
 * The messages of one of CRIU's image files: two magic numbers, then each message after its length, all little endian.
 * Throws with kind `corrupt` where the file is something else or ends too early.
 */
export function messagesOf(bytes: Uint8Array, name: string, magic: number): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8) throw damaged(name, 'it is too short');
  const first = view.getUint32(0, true);
  if ((first !== commonMagic && first !== serviceMagic) || view.getUint32(4, true) !== magic)
    throw damaged(name, 'it does not begin as such a file does');
  const messages: Uint8Array[] = [];
  for (let at = 8; at < bytes.byteLength; ) {
    if (at + 4 > bytes.byteLength) throw damaged(name, 'it ends within a length');
    const length = view.getUint32(at, true);
    at += 4;
    if (at + length > bytes.byteLength) throw damaged(name, 'it ends within a message');
    messages.push(bytes.subarray(at, at + length));
    at += length;
  }
  return messages;
}

/** The messages, each after its length. */
export function framed(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [word(message.length), message]));
}

/** An image file of these messages. The inventory alone has no second number in front. */
export function imageBytes(magic: number, messages: readonly Uint8Array[], isInventory = false): Buffer {
  return Buffer.concat([...(isInventory ? [] : [word(commonMagic)]), word(magic), framed(messages)]);
}

function word(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  return four;
}

export function damaged(name: string, reason: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_FAILED', {
    message: `CRIU's image ${name} cannot be read: ${reason}`,
    kind: 'corrupt',
    operation: 'images',
    context: { image: name },
  });
}
