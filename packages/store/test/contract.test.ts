import { checkpointStoreContract } from '@holdfast/testkit/checkpoint-store';
import { emptyRepository, encryptionKey } from './fixture.js';

checkpointStoreContract({ name: 'directory', setup: () => emptyRepository() });
checkpointStoreContract({ name: 'encrypted directory', setup: () => emptyRepository({ encryptionKey }) });
checkpointStoreContract({ name: 'shared directory', setup: () => emptyRepository({ hash: 'blake3-128' }) });
