import { metadataStoreContract } from '@holdfast/testkit/metadata-store';
import { sqliteFixture } from './fixture.js';

metadataStoreContract({ name: 'sqlite', setup: () => sqliteFixture() });
