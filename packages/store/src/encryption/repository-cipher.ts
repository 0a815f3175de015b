import { nonceBytes, type Sealing } from './aead.js';
import { blockKey, manifestKey, noteKey, pageHashesKey } from './key-schedule.js';

/** What a thread is given to make a RepositoryCipher of its own; secret. */
export interface CipherSecrets {
  readonly repositoryId: string;
  readonly dataKey: Uint8Array;
}

/** Under which key and nonce each piece of an encrypted repository lies; docs/format.md, "Encryption". */
export class RepositoryCipher {
  readonly #secrets: CipherSecrets;
  readonly #repositoryId: Buffer;
  #space: Buffer = Buffer.alloc(0);

  constructor(secrets: CipherSecrets) {
    this.#secrets = secrets;
    this.#repositoryId = Buffer.from(secrets.repositoryId, 'hex');
  }

  /** For the extra and the payload of a block; `fields` are the first 64 bytes of its header, which end in the nonce. */
  block(id: Uint8Array, fields: Uint8Array): Sealing {
    const { dataKey, repositoryId } = this.#secrets;
    const nonce = fields.subarray(fields.length - nonceBytes);
    return { key: blockKey(dataKey, id, repositoryId), nonce, authenticated: [this.#repositoryId, fields] };
  }

  /** Memory to decrypt a block into; valid until the next call. */
  space(lengthBytes: number): Buffer {
    if (this.#space.length < lengthBytes) this.#space = Buffer.allocUnsafeSlow(lengthBytes);
    return this.#space;
  }

  /** For the sections of the manifest with this salt; `head` is all that lies before the first of them. */
  manifest(salt: Uint8Array, head: Uint8Array): (type: number) => Sealing {
    const key = manifestKey(this.#secrets.dataKey, salt, this.#secrets.repositoryId);
    return (type) => ({ key, nonce: counter(type), authenticated: [this.#repositoryId, head] });
  }

  /** For the note with this salt; `place` is the name of its file and job. */
  note(salt: Uint8Array, place: string): Sealing {
    const key = noteKey(this.#secrets.dataKey, salt, this.#secrets.repositoryId);
    return { key, nonce: counter(0), authenticated: [this.#repositoryId, Buffer.from(place)] };
  }

  /** For what lies at a position of the file of page hashes with this salt. */
  pageHashes(salt: Uint8Array): (position: number, ...authenticated: readonly Uint8Array[]) => Sealing {
    const key = pageHashesKey(this.#secrets.dataKey, salt, this.#secrets.repositoryId);
    return (position, ...authenticated) => ({ key, nonce: counter(position), authenticated: [this.#repositoryId, ...authenticated] });
  }
}

function counter(value: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeBigUInt64LE(BigInt(value));
  return nonce;
}
