export type { PasswordSources, SecretReader, TokenSigner } from '../server/credentials.js';
export { postgres } from './postgres-catalog.js';
