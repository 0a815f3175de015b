import type { SecretReader, TokenSigner } from '../server/credentials.js';
import { rdsSigner } from './rds-signer.js';
import { secretsManager } from './secrets-manager.js';

/** Passwords from AWS for any catalog of a server. The SDK's packages are loaded by the first password that is asked for. */
export function awsSources(): { readonly secrets: SecretReader; readonly tokens: TokenSigner } {
  return { secrets: secretsManager(), tokens: rdsSigner() };
}
