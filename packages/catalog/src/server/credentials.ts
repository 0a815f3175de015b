import {
  type Account,
  type CallOptions,
  type Credentials,
  type PasswordPurpose,
  type PasswordSources,
  readCredentials as read,
} from '@holdfast/core';

export type { Credentials, PasswordSources, SecretReader, TokenSigner } from '@holdfast/core';

const purpose: PasswordPurpose = {
  what: "the catalog's password",
  code: 'HF_CATALOG_UNAVAILABLE',
  operation: 'catalog.connect',
  defaultVariable: 'HOLDFAST_CATALOG_PASSWORD',
};

/** Asks for the password as it is now. Rejects with HF_CATALOG_UNAVAILABLE where there is no such source, or it fails. */
export function readCredentials(config: Account, sources: PasswordSources, options?: CallOptions): Promise<Credentials> {
  return read(config, sources, purpose, options);
}
