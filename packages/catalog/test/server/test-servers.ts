import { mysql } from '@holdfast/catalog/mysql';
import { type PasswordSources, postgres } from '@holdfast/catalog/postgres';
import type { CatalogPlugin, MetadataStore } from '@holdfast/core';
import type { MetadataStoreFixture } from '@holdfast/testkit/metadata-store';
import {
  missingServer,
  type ServerAccess,
  type ServerKind,
  type ServerOptions,
  startMariadb,
  startMysql,
  startPostgres,
  type TestServer,
} from '@holdfast/testkit/servers';
import { afterAll, beforeAll, describe } from 'vitest';

export interface SqlServerKind {
  readonly kind: ServerKind;
  readonly start: (options?: ServerOptions) => Promise<TestServer>;
  readonly plugin: (sources?: PasswordSources) => CatalogPlugin;
}

export const sqlServerKinds: readonly SqlServerKind[] = [
  { kind: 'mysql', start: startMysql, plugin: mysql },
  { kind: 'mariadb', start: startMariadb, plugin: mysql },
  { kind: 'postgres', start: startPostgres, plugin: postgres },
];

export interface ServerUnderTest extends SqlServerKind {
  readonly server: () => TestServer;
}

/** Groups of tests, one for each kind of server; each has one server, and its tests take what they need of it by `fresh`. */
export function describeServers(title: string, options: ServerOptions, define: (under: ServerUnderTest) => void): void {
  for (const kind of sqlServerKinds) {
    const missing = missingServer(kind.kind);
    describe.skipIf(missing !== undefined)(`${title}: ${kind.kind}${missing === undefined ? '' : ` (${missing})`}`, () => {
      let server: TestServer | undefined;
      beforeAll(async () => {
        server = await kind.start(options);
      }, 240_000);
      afterAll(async () => server?.[Symbol.asyncDispose](), 60_000);
      define({ ...kind, server: () => server ?? missingYet() });
    });
  }
}

function missingYet(): never {
  throw new Error('the server is started before the tests, not before their definitions');
}

/** The catalog's section for a database. */
export function sectionOf(plugin: CatalogPlugin, { host, port, user, space }: ServerAccess, settings: object = {}): Record<string, unknown> {
  return { type: plugin.type, host, port, user, database: space, ...settings };
}

/** Opens a catalog with its password in a variable. */
export function openCatalog({ plugin }: Pick<SqlServerKind, 'plugin'>, access: ServerAccess, settings: object = {}): Promise<MetadataStore> {
  const catalog = plugin({ environment: { HOLDFAST_CATALOG_PASSWORD: access.password } });
  return catalog.open(sectionOf(catalog, access, settings));
}

/** An empty database of one case's own. */
export async function serverFixture(under: ServerUnderTest): Promise<MetadataStoreFixture> {
  const access = await under.server().fresh();
  return {
    open: () => openCatalog(under, access),
    // With the server goes all that is in it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
