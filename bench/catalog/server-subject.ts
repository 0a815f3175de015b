import type { CatalogPlugin, MetadataStore } from '@holdfast/core';
import type { ServerAccess, TestServer } from '@holdfast/testkit/servers';
import type { CatalogSubject } from './subject.ts';

export interface ServerSubjectOptions {
  readonly kind: string;
  readonly start: () => Promise<TestServer>;
  readonly plugin: (password: string) => CatalogPlugin;
  readonly section: (access: ServerAccess) => unknown;
  /** Asks the server how many clients are connected. */
  readonly connections: (server: TestServer) => Promise<number>;
  /** By the shortest way that this server has. */
  readonly fill: (filling: Filling) => Promise<void>;
}

export interface Filling {
  readonly server: TestServer;
  readonly access: ServerAccess;
  readonly open: () => Promise<MetadataStore>;
  readonly jobs: number;
  readonly snapshotsOfEach: number;
}

/** A server of its own; each node opens the catalog as one does by default. */
export async function serverSubject({ kind, start, plugin, section, connections, fill }: ServerSubjectOptions): Promise<CatalogSubject> {
  await using cleanup = new AsyncDisposableStack();
  const server = cleanup.use(await start());
  const access = await server.fresh();
  const opened = plugin(access.password);
  const open = (): Promise<MetadataStore> => opened.open(section(access));
  const held = cleanup.move();
  return {
    kind,
    storePerNode: true,
    open,
    connections: () => connections(server),
    fill: (jobs, snapshotsOfEach) => fill({ server, access, open, jobs, snapshotsOfEach }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
