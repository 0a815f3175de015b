import type { PageRun } from '@holdfast/core';
import protobuf from 'protobufjs/minimal.js';
import { pageSizeBytes } from '@holdfast/core/basics';
import { framed, messagesOf } from '../images/image-file.js';
import { decodeFields } from '../images/message-fields.js';
import { decodePagemap, entryFields, entryFlags, pagemapMagic } from '../images/pagemap.js';
import { commonRuns, withoutRuns } from '../twin/page-runs.js';

/**
 * The page map of a covered dump as one that leaves memory out would have it: what is said to be in the parent is in no image, and what of that is in `lazy` may come
 * later. Pages that the dump has after all stay as they are. Throws with kind `corrupt`.
 */
export function uncoverPagemap(bytes: Uint8Array, name: string, lazy: readonly PageRun[]): Uint8Array {
  const { entries } = decodePagemap(bytes, name, { covered: true });
  const [head = new Uint8Array(), ...messages] = messagesOf(bytes, name, pagemapMagic);
  const written = messages.flatMap((message, at) => {
    const { numbers } = decodeFields(message, name);
    const [run, flags] = [entries[at], numbers.get(entryFields.flags) ?? 0];
    if (run === undefined || (flags & entryFlags.inParent) === 0) return [message];
    return piecesOf(run, lazy).map((piece) => encodeEntry(piece, numbers.has(entryFields.count)));
  });
  return Buffer.concat([bytes.subarray(0, 8), framed([head, ...written])]);
}

interface Piece extends PageRun {
  readonly flags: number;
}

function piecesOf(run: PageRun, lazy: readonly PageRun[]): readonly Piece[] {
  const later = commonRuns([run], lazy);
  const pieces = [...later.map((one) => ({ ...one, flags: entryFlags.lazy })), ...withoutRuns([run], later).map((one) => ({ ...one, flags: 0 }))];
  return pieces.sort((left, right) => left.firstPage - right.firstPage);
}

/** Field by field as CRIU does; before 4.2 it knew no `count`. */
function encodeEntry({ firstPage, pageCount, flags }: Piece, hasCount: boolean): Uint8Array {
  const writer = protobuf.Writer.create()
    .uint32(entryFields.address << 3)
    .uint64(firstPage * pageSizeBytes)
    .uint32(entryFields.oldCount << 3)
    .uint32(hasCount ? 0 : pageCount)
    .uint32(entryFields.flags << 3)
    .uint32(flags);
  if (hasCount) writer.uint32(entryFields.count << 3).uint64(pageCount);
  return writer.finish();
}
