import type { HashKind } from '../codec/keyed-hash.js';
import type { CipherSecrets } from './repository-cipher.js';

/** What nobody but the store may know. Plain data, so that threads can be given it; never written anywhere. */
export interface RepositorySecrets {
  readonly hash: { readonly kind: HashKind; readonly key: Uint8Array };
  /** Undefined where the repository is not encrypted. */
  readonly cipher: CipherSecrets | undefined;
}
