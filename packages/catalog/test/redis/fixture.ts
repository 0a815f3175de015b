import { redis } from '@holdfast/catalog/redis';
import type { MetadataStore } from '@holdfast/core';
import type { MetadataStoreFixture } from '@holdfast/testkit/metadata-store';
import type { ServerAccess } from '@holdfast/testkit/servers';

/** The section by which a user of a test's server opens the catalog below the keys that it may touch; the password is in a variable. */
export function sectionOf({ host, port, user, space, caFile }: ServerAccess): Readonly<Record<string, unknown>> {
  const tls = caFile === undefined ? { tls: 'off' } : { tls: 'verify', tlsCaFile: caFile };
  return { type: 'redis', host, port, user, prefix: space, retryFor: '30s', ...tls };
}

export function openStore(access: ServerAccess, changes: Readonly<Record<string, unknown>> = {}): Promise<MetadataStore> {
  return redis({ environment: { HOLDFAST_CATALOG_PASSWORD: access.password } }).open({ ...sectionOf(access), ...changes });
}

/** Keys of one test's own, on a server that tests share. */
export async function redisFixture(server: { fresh(): Promise<ServerAccess> }): Promise<MetadataStoreFixture> {
  const access = await server.fresh();
  return { open: () => openStore(access), [Symbol.asyncDispose]: () => Promise.resolve() };
}
