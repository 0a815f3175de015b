import { checkpointStoreContract } from '@holdfast/testkit/checkpoint-store';
import { emptyRepository } from './fixture.js';

checkpointStoreContract({ name: 'directory', setup: emptyRepository });
