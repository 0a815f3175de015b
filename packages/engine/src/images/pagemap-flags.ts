import protobuf from 'protobufjs/minimal.js';
import { damaged, messagesOf } from './image-file.js';
import { entryFields, entryFlags, pagemapMagic } from './pagemap.js';

/** The same page map, the flags of each entry changed. What else it says stays as it is, byte for byte. Throws with kind `corrupt`. */
function changeFlags(bytes: Uint8Array, name: string, change: (flags: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  const [, ...entries] = messagesOf(changed, name, pagemapMagic);
  for (const entry of entries) {
    const at = flagsPosition(entry, name);
    const flags = at === undefined ? undefined : entry[at];
    if (at === undefined || flags === undefined) continue;
    const wanted = change(flags);
    if ((flags | wanted) > 127) throw damaged(name, `an entry has the flags ${flags}`);
    entry[at] = wanted;
  }
  return changed;
}

/** The page map of a dump without memory as a dump with it writes it: all that it names is present. */
export function withAllPresent(bytes: Uint8Array, name: string): Buffer {
  return changeFlags(bytes, name, (flags) => flags | entryFlags.present);
}

/** Undefined where there are none, as before CRIU knew any. */
function flagsPosition(entry: Uint8Array, name: string): number | undefined {
  const reader = protobuf.Reader.create(entry);
  let position: number | undefined;
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === entryFields.flags << 3) position = reader.pos;
      reader.skipType(tag & 7);
    }
  } catch (cause) {
    throw damaged(name, cause instanceof Error ? cause.message : 'an entry is not whole');
  }
  return position;
}
