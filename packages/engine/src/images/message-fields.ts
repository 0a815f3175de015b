import protobuf from 'protobufjs/minimal.js';
import { damaged } from './image-file.js';

/** A message's fields by number. Kinds that Holdfast needs nothing of are skipped. */
export interface MessageFields {
  /** The last value of each number. Not a number where a double does not hold it exactly. */
  readonly numbers: ReadonlyMap<number, number>;
  /** The last message, string or byte array of each number. */
  readonly nested: ReadonlyMap<number, Uint8Array>;
  /** Every one of each number, in order. */
  readonly repeated: ReadonlyMap<number, readonly Uint8Array[]>;
}

const [varint, lengthDelimited] = [0, 2];

/** Decodes without a schema: of CRIU's messages Holdfast needs a few fields, and later versions add more. Throws with kind `corrupt`. */
export function decodeFields(message: Uint8Array, name: string): MessageFields {
  const [numbers, nested, repeated] = [new Map<number, number>(), new Map<number, Uint8Array>(), new Map<number, Uint8Array[]>()];
  const reader = protobuf.Reader.create(message);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const [field, wireType] = [tag >>> 3, tag & 7];
      if (wireType === varint) {
        numbers.set(field, exactly(protobuf.util.LongBits.from(reader.uint64())));
      } else if (wireType === lengthDelimited) {
        const bytes = reader.bytes();
        nested.set(field, bytes);
        const before = repeated.get(field);
        if (before === undefined) repeated.set(field, [bytes]);
        else before.push(bytes);
      } else {
        reader.skipType(wireType);
      }
    }
  } catch (cause) {
    throw damaged(name, cause instanceof Error ? cause.message : 'a message is not whole');
  }
  return { numbers, nested, repeated };
}

/** Every number of one field, in order. Throws with kind `corrupt`. */
export function everyNumber(message: Uint8Array, field: number, name: string): readonly number[] {
  const values: number[] = [];
  const reader = protobuf.Reader.create(message);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === field << 3) values.push(exactly(protobuf.util.LongBits.from(reader.uint64())));
      else reader.skipType(tag & 7);
    }
  } catch (cause) {
    throw damaged(name, cause instanceof Error ? cause.message : 'a message is not whole');
  }
  return values;
}

/** Addresses of pages have 52 bits before their 12 zeros, so a double holds each of them, up to the top of the address space. */
function exactly(bits: protobuf.util.LongBits): number {
  const value = bits.toNumber(true);
  return value <= Number.MAX_SAFE_INTEGER || (bits.lo & 0xfff) === 0 ? value : Number.NaN;
}
