/** A field of a protocol buffer: a number, or a nested message, a string or bytes. */
export type Field = readonly [number, number | bigint | string | Uint8Array | readonly Field[]];

/** Encodes the fields in their order. */
export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([field, value]) => encode(field, value)));
}

/** An image file of CRIU: its two magic numbers, then each message after its length. */
export function image(magic: number, ...messages: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x54564319, 0);
  head.writeUInt32LE(magic, 4);
  return Buffer.concat([head, ...messages.flatMap((bytes) => [length(bytes), bytes])]);
}

export const magics = { pagemap: 0x56084025, mm: 0x57492820, tree: 0x50273030, files: 0x56303138, memfds: 0x48453499 } as const;

function encode(field: number, value: Field[1]): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return Buffer.concat([varint(field * 8), varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value instanceof Uint8Array ? value : message(...value);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function length(bytes: Uint8Array): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(bytes.length);
  return four;
}

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
