import { hkdfSync } from 'node:crypto';

/** Of the user's key, of the data key, and of everything that is derived from them. */
export const keyBytes = 32;
export const saltBytes = 32;

const empty = new Uint8Array();

/** Encrypts the data key; `salt` is new each time. */
export function wrappingKey(userKey: Uint8Array, salt: Uint8Array, repositoryId: string): Uint8Array {
  return derive(userKey, salt, 'holdfast wrapping key', repositoryId);
}

/** The secret of the repository's keyed hash. */
export function hashKeyOf(dataKey: Uint8Array, repositoryId: string): Uint8Array {
  return derive(dataKey, empty, 'holdfast hash key', repositoryId);
}

export function blockKey(dataKey: Uint8Array, blockId: Uint8Array, repositoryId: string): Uint8Array {
  return derive(dataKey, blockId, 'holdfast block', repositoryId);
}

export function manifestKey(dataKey: Uint8Array, salt: Uint8Array, repositoryId: string): Uint8Array {
  return derive(dataKey, salt, 'holdfast manifest', repositoryId);
}

export function pageHashesKey(dataKey: Uint8Array, salt: Uint8Array, repositoryId: string): Uint8Array {
  return derive(dataKey, salt, 'holdfast page hashes', repositoryId);
}

export function noteKey(dataKey: Uint8Array, salt: Uint8Array, repositoryId: string): Uint8Array {
  return derive(dataKey, salt, 'holdfast note', repositoryId);
}

/** See docs/format.md, "Encryption"; a change of a single name here makes every repository unreadable. */
function derive(key: Uint8Array, salt: Uint8Array, purpose: string, repositoryId: string): Uint8Array {
  const info = Buffer.concat([Buffer.from(purpose), Buffer.from([0]), Buffer.from(repositoryId, 'hex')]);
  return new Uint8Array(hkdfSync('sha256', key, salt, info, keyBytes));
}
