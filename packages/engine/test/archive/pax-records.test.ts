import { expect, test } from 'vitest';
import { encodePax } from '../../src/archive/pax-records.js';

test('each record counts itself, also where the count gets a digit more', () => {
  for (let length = 0; length < 1200; length += 1) {
    const record = encodePax([['k', 'x'.repeat(length)]]).toString();
    expect(Number.parseInt(record, 10)).toBe(record.length);
    expect(record.slice(record.indexOf(' '))).toBe(` k=${'x'.repeat(length)}\n`);
  }
});

test('values are bytes', () => {
  expect(encodePax([['path', Uint8Array.from([0xff, 0x0a, 0x00])]])).toEqual(Buffer.from('12 path=\xff\n\0\n', 'latin1'));
});
