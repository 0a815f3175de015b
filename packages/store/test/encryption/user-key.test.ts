import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseUserKey } from '../../src/encryption/user-key.js';

const key = randomBytes(32);
const passphrase = 'correct horse battery staple 123';

test.each([
  ['raw', key],
  ['in hexadecimal', Buffer.from(key.toString('hex'))],
  ['in capitals', Buffer.from(key.toString('hex').toUpperCase())],
  ['in hexadecimal with a line end', Buffer.from(`${key.toString('hex')}\n`)],
  ['in Base64', Buffer.from(`${key.toString('base64')}\r\n`)],
  ['in Base64 without padding', Buffer.from(key.toString('base64').slice(0, 43))],
])('a key %s is taken', (_how, bytes) => {
  expect(Buffer.from(parseUserKey(bytes, 'FILE')).equals(key)).toBe(true);
});

test.each([
  ['nothing', Buffer.alloc(0), '0 bytes'],
  ['16 bytes', key.subarray(0, 16), '16 bytes'],
  ['33 bytes', Buffer.concat([key, key.subarray(0, 1)]), '33 bytes'],
  ['16 bytes in hexadecimal', Buffer.from(key.toString('hex', 0, 16)), 'passphrase'],
  ['16 bytes in hexadecimal with a line end', Buffer.from(`${key.toString('hex', 0, 16)}\n`), '33 bytes'],
  ['a passphrase of 32 characters', Buffer.from(passphrase), 'passphrase'],
  ['a passphrase in hexadecimal', Buffer.from(Buffer.from(passphrase).toString('hex')), 'passphrase'],
  ['a long passphrase', Buffer.from('a'.repeat(43).concat('bcd')), '46 bytes'],
  ['zeros', Buffer.alloc(32), 'same byte'],
  ['two keys', Buffer.from(`${key.toString('hex')}\n${key.toString('hex')}\n`), '130 bytes'],
])('%s are no key, and the error tells where it was but not what', (_what, bytes, why) => {
  let error: unknown;
  try {
    parseUserKey(bytes, 'FILE');
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'HF_KEY_INVALID', kind: 'invalid-argument', context: { source: 'FILE' } });
  const said = String(error) + JSON.stringify(error);
  expect(said).toContain(why);
  for (const secret of [key.toString('hex', 0, 8), key.toString('base64').slice(0, 12), 'horse']) expect(said).not.toContain(secret);
});
