import { metadataStoreContract } from '@holdfast/testkit/metadata-store';
import { describeServers, serverFixture } from './test-servers.js';

describeServers('the contract', {}, (under) => {
  metadataStoreContract({ name: 'MetadataStore', setup: () => serverFixture(under) });
});
