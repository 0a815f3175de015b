import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/codec/byte-writer.js';

test.each([
  ['u8', 1],
  ['u16', 2],
  ['u32', 4],
  ['u64', 8],
  ['varint', 1],
] as const)('%s goes on where the buffer is full', (method, width) => {
  const writer = new ByteWriter(16);
  for (let index = 0; index < 100; index += 1) writer[method](index);
  const bytes = writer.view();
  expect(bytes.length).toBe(100 * width);
  for (let index = 0; index < 100; index += 1) expect(bytes[index * width]).toBe(index);
});
