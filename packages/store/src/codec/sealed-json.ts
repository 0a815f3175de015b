import { MalformedBytes } from './byte-reader.js';
import { digestOf } from './digest.js';
import { type Fields, isFields } from './fields.js';

export const sealedJsonLimitBytes = 65_536;
const zeros = '0'.repeat(64);
const seal = /\n {2}"checksum": "([0-9a-f]{64})"\n}\n$/;

/** JSON with the digest of its own bytes as the last member; see docs/format.md, "Sealed JSON". */
export function encodeSealedJson(value: Fields): Buffer {
  const text = `${JSON.stringify({ ...value, checksum: zeros }, undefined, 2)}\n`;
  return Buffer.from(text.replace(seal, (tail) => tail.replace(zeros, digestOf(Buffer.from(text)).toString('hex'))));
}

/** Throws MalformedBytes where the seal is missing or broken. */
export function decodeSealedJson(bytes: Buffer): Fields {
  const text = bytes.toString('utf8');
  const found = seal.exec(text)?.[1];
  if (found === undefined) throw new MalformedBytes('it has no checksum');
  const unsealed = text.slice(0, text.length - 64 - 4) + zeros + text.slice(text.length - 4);
  if (digestOf(Buffer.from(unsealed)).toString('hex') !== found || !Buffer.from(text).equals(bytes))
    throw new MalformedBytes('its checksum is wrong');
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // Falls through: a right checksum over something that is not JSON.
  }
  throw new MalformedBytes('it is not a JSON object');
}
