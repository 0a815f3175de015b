export type { PasswordSources, SecretReader, TokenSigner } from '../server/credentials.js';
export { mysql } from './mysql-catalog.js';
