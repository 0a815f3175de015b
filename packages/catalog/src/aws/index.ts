export type { SecretReader, TokenSigner } from '../server/credentials.js';
export { awsSources } from './aws-sources.js';
