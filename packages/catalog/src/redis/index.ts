export type { PasswordSources, SecretReader } from '../server/credentials.js';
export { redis } from './redis-catalog.js';
