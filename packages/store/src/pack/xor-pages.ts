/** XORs `length` bytes of `source` into `target`, in place; the length is a multiple of four. */
export function xorInto(target: Uint8Array, targetOffset: number, source: Uint8Array, sourceOffset: number, length: number): void {
  const from = words(source, sourceOffset, length);
  const to = words(target, targetOffset, length);
  for (let at = 0; at < to.length; at += 1) to[at] = (to[at] ?? 0) ^ (from[at] ?? 0);
  if (to.buffer !== target.buffer) target.set(new Uint8Array(to.buffer), targetOffset);
}

/** A view; a copy where the bytes are not aligned for one. */
function words(bytes: Uint8Array, offset: number, length: number): Int32Array {
  const start = bytes.byteOffset + offset;
  if (start % 4 === 0) return new Int32Array(bytes.buffer, start, length / 4);
  return new Int32Array(new Uint8Array(bytes.subarray(offset, offset + length)).buffer);
}
