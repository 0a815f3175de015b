import { randomBytes } from 'node:crypto';
import { MalformedBytes } from '../codec/byte-reader.js';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { seal, unseal } from '../encryption/aead.js';
import { saltBytes } from '../encryption/key-schedule.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';

/** The layout of a file of page hashes; see docs/format.md, "Page hashes". */
export const pageHashLayout = {
  magic: 'HFPAGE1\n',
  /** A chunk has this many hashes, or fewer at the end of an object. */
  chunkHashes: 4096,
  /** Of the header without a salt. */
  fieldsBytes: 64,
  /** What follows a chunk or the table. */
  sealBytes: 16,
} as const;

/** In the table: nothing is known of the object's pages. */
export const unknownHashes = 0;

/** How the pieces of one file are made such that nobody can change or exchange them; where the repository is encrypted, nor read them. */
export interface PageHashSealer {
  readonly version: number;
  /** Follows the header's fields. */
  readonly salt: Buffer;
  readonly headerBytes: number;
  /** The piece as it lies at `position`, with its seal: `sealBytes` longer. `header` is bound to it. */
  seal(bytes: Uint8Array, position: number, header?: Uint8Array): Buffer;
  /** What `seal` was given; undefined where it is not right. */
  unseal(sealed: Uint8Array, position: number, header?: Uint8Array): Buffer | undefined;
}

/** For a new file, or, with its salt, for one that is there. */
export function createPageHashSealer({ hash, cipher }: PageHashSecrets, salt?: Buffer): PageHashSealer {
  const own = salt ?? randomBytes(saltBytes);
  return cipher === undefined ? plainSealer(hash, own) : encryptingSealer(cipher, own);
}

export interface PageHashSecrets {
  readonly hash: KeyedHash;
  readonly cipher?: RepositoryCipher | undefined;
}

/** The seal is the keyed hash of the bytes, of where they lie and of the file's salt: pieces of two files are never taken for each other. */
function plainSealer(hash: KeyedHash, salt: Buffer): PageHashSealer {
  const sealOf = (bytes: Uint8Array, position: number): Buffer => {
    const placed = Buffer.alloc(bytes.length + 8 + salt.length);
    placed.set(bytes);
    placed.writeBigUInt64LE(BigInt(position), bytes.length);
    placed.set(salt, bytes.length + 8);
    const result = Buffer.alloc(hashLength);
    hash.into(result, 0, placed);
    return result;
  };
  return {
    version: 2,
    salt,
    headerBytes: pageHashLayout.fieldsBytes + salt.length,
    seal: (bytes, position) => Buffer.concat([bytes, sealOf(bytes, position)]),
    unseal: (sealed, position) => {
      if (sealed.length < hashLength) return undefined;
      const bytes = Buffer.from(sealed.subarray(0, sealed.length - hashLength));
      return sealOf(bytes, position).equals(sealed.subarray(bytes.length)) ? bytes : undefined;
    },
  };
}

/** The seal is the tag of AES-GCM, whose nonce is the position: nothing is written twice at the same place. */
function encryptingSealer(cipher: RepositoryCipher, salt: Buffer): PageHashSealer {
  const sealing = cipher.pageHashes(salt);
  return {
    version: 3,
    salt,
    headerBytes: pageHashLayout.fieldsBytes + salt.length,
    seal: (bytes, position, header = new Uint8Array()) => seal(sealing(position, header), bytes),
    unseal: (sealed, position, header = new Uint8Array()) => {
      try {
        return unseal(sealing(position, header), sealed, 'a piece of page hashes');
      } catch (error) {
        if (error instanceof MalformedBytes) return undefined;
        throw error;
      }
    },
  };
}
