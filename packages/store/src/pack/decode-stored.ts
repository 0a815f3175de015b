import { isHoldfastError } from '@holdfast/core/basics';
import { releaseMemory } from '../codec/release-memory.js';
import { MalformedBytes } from '../codec/byte-reader.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import type { DecodeRequest, DecodeResponse } from '../workers/tasks.js';
import type { ParsedBlock } from './block.js';
import { decodePayload } from './decode-block.js';
import { decryptBlock } from './decrypt-block.js';
import { parseBlock } from './parse-block.js';

/** Verifies a block's stored bytes and writes its pages where the request says; of a delta, the difference. Undefined where they are refused. */
export function decodeStored({ entry, digest, stored, pages }: DecodeRequest, cipher: RepositoryCipher | undefined): DecodeResponse | undefined {
  try {
    const bytes = Buffer.from(stored, 0, entry.lengthBytes);
    return decodeParsed(parseBlock('', bytes, { ...entry, digest: Buffer.from(digest, 'hex') }), pages, cipher);
  } catch (error) {
    if (error instanceof MalformedBytes || isHoldfastError(error)) return undefined;
    throw error;
  }
}

/** Writes the pages of a block that was found to be right. Throws MalformedBytes. */
export function decodeParsed(parsed: ParsedBlock, target: SharedArrayBuffer | undefined, cipher: RepositoryCipher | undefined): DecodeResponse {
  if (target === undefined) return { codec: parsed.codec, extra: new Uint8Array() };
  const block = decryptBlock(parsed, cipher);
  const pages = decodePayload(block);
  pages.copy(Buffer.from(target));
  const extra = Uint8Array.from(block.extra);
  if (pages.buffer !== block.payload.buffer) releaseMemory(pages);
  return { codec: block.codec, extra };
}
