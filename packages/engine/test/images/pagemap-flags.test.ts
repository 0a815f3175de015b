import { expect, test } from 'vitest';
import { withAllPresent } from '../../src/images/pagemap-flags.js';
import { image, magics, message } from './image-bytes.js';

const name = 'pagemap-1.img';
const head = message([1, 2]);
const pagemap = (...flags: readonly number[]): Buffer =>
  image(magics.pagemap, head, ...flags.map((flag, at) => message([1, 4096 * (1 + at)], [2, 1], [4, flag], [5, 1])));

test('what a dump left out is present, and all else as it was', () => {
  expect(withAllPresent(pagemap(2, 4, 6, 2), name)).toEqual(pagemap(6, 4, 6, 6));
});

test('the given bytes stay as they are', () => {
  const bytes = pagemap(2);
  withAllPresent(bytes, name);
  expect(bytes).toEqual(pagemap(2));
});

test('entries without flags, as old versions wrote them, stay without', () => {
  const old = image(magics.pagemap, head, message([1, 4096], [2, 1]));
  expect(withAllPresent(old, name)).toEqual(old);
});

test.each([
  ['flags of more than one byte', image(magics.pagemap, head, message([1, 4096], [2, 1], [4, 300]))],
  ['an entry that ends within a field', image(magics.pagemap, head, Buffer.from([0x20]))],
  ['another kind of file', image(magics.mm, head)],
])('refuses %s', (_, bytes) => {
  expect(() => withAllPresent(bytes, name)).toThrow(expect.objectContaining({ kind: 'corrupt' }));
});
