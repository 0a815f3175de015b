import protobuf from 'protobufjs/minimal.js';
import { damaged } from './image-file.js';

/** A message's fields by number: the last value of each number, and the last of each nested message. Other kinds are skipped. */
export interface MessageFields {
  readonly numbers: ReadonlyMap<number, number>;
  readonly nested: ReadonlyMap<number, Uint8Array>;
}

const [varint, lengthDelimited] = [0, 2];

/** Decodes without a schema: of CRIU's messages Holdfast needs a few numbers, and later versions add fields. Throws with kind `corrupt`. */
export function decodeFields(message: Uint8Array, name: string): MessageFields {
  const [numbers, nested] = [new Map<number, number>(), new Map<number, Uint8Array>()];
  const reader = protobuf.Reader.create(message);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const [field, wireType] = [tag >>> 3, tag & 7];
      // Addresses have at most 57 bits of which the lowest 12 are zero here, so a double holds them exactly.
      if (wireType === varint) numbers.set(field, protobuf.util.LongBits.from(reader.uint64()).toNumber(true));
      else if (wireType === lengthDelimited) nested.set(field, reader.bytes());
      else reader.skipType(wireType);
    }
  } catch (cause) {
    throw damaged(name, cause instanceof Error ? cause.message : 'a message is not whole');
  }
  return { numbers, nested };
}
