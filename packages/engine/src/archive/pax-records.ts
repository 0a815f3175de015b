/** The fields of a member that a plain header cannot hold exactly. Values are bytes: names and attributes are not always text. */
export type PaxFields = readonly (readonly [key: string, value: string | Uint8Array])[];

/** The records of a POSIX extended header: each its own length, a blank, `key=value` and a newline. */
export function encodePax(fields: PaxFields): Buffer {
  return Buffer.concat(fields.map(([key, value]) => encodeRecord(key, Buffer.from(value))));
}

/** The length counts its own digits. */
function encodeRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
