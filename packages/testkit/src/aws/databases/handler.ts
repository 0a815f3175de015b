import type { AwsCall } from '../aws-call.js';
import type { MotoClient } from '../moto/moto-client.js';
import type { Structure } from '../write-xml.js';
import type { EndpointSources } from './endpoint.js';
import type { ResourceStore } from './resource-store.js';

/** What the calls of the database services work on. */
export interface DatabaseWorld {
  readonly store: ResourceStore;
  readonly moto: MotoClient;
  readonly endpoints: EndpointSources;
}

/** Does one operation and says what it results in. Throws an `AwsFault` where the service would answer an error. */
export type Handler = (call: AwsCall, world: DatabaseWorld) => Structure | Promise<Structure>;

export type Handlers = Readonly<Record<string, Handler>>;
