import { MalformedBytes } from '../codec/byte-reader.js';
import { unsealInto } from '../encryption/aead.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { keyIds, type ParsedBlock, type StoredBlock } from './block.js';

/**
 * The block with its extra and payload as they were before they were encrypted, valid until the cipher decrypts another. Throws MalformedBytes where it is not genuine: of another repository,
 * under another id, or encrypted in a repository that is not, or the other way round.
 */
export function decryptBlock(block: ParsedBlock, cipher: RepositoryCipher | undefined): StoredBlock {
  const { id, codec, pageCount, keyId, fields, body, extra } = block;
  if (cipher === undefined && keyId === keyIds.none) return block;
  if (cipher === undefined) throw new MalformedBytes(`block ${id} is encrypted although the repository is not`);
  if (keyId === keyIds.none) throw new MalformedBytes(`block ${id} is not encrypted although the repository is`);
  const plain = unsealInto(cipher.space(body.length), cipher.block(Buffer.from(id, 'hex'), fields), body, `block ${id}`);
  // The tag at the end is the payload's: one too short to have it was refused.
  return { id, codec, pageCount, extra: plain.subarray(0, extra.length), payload: plain.subarray(extra.length) };
}
